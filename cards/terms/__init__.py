"""What codes and words mean to us: systems in any spelling, names of drugs, magnesium in words."""
