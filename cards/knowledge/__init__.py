"""The data files a pharmacist opens: numbers, doses, drugs, codes, advice, sources. No code."""
