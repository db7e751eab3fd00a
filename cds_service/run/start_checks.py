"""Whether a service may be started with its settings."""

from urllib.parse import urlsplit

from cds_service.run.settings import PREFIX, Auth, Settings, SettingsError, is_loopback


def check_start(settings: Settings, host: str) -> None:
    """SettingsError when the service may not be started with these settings on this address."""
    if settings.auth is Auth.REQUIRED:
        _check_trust(settings)
    elif not is_loopback(host) and not settings.allow_insecure:
        raise SettingsError(
            f"{PREFIX}AUTH=off lets anyone who reaches {host} call the service. Serve on 127.0.0.1, "
            f"or set {PREFIX}ALLOW_INSECURE=1 if something in front of it checks who calls."
        )


def _check_trust(settings: Settings) -> None:
    """SettingsError when tokens are asked for but cannot be checked, or could be read on their way."""
    if settings.clients is None:
        raise SettingsError(
            f"{PREFIX}AUTH is 'required' (the default), but no client is known. Name the trusted-clients file with "
            f"{PREFIX}CLIENTS (see docs/clients.md), or set {PREFIX}AUTH=off and serve on 127.0.0.1."
        )
    if not settings.base_url:
        raise SettingsError(
            f"{PREFIX}BASE_URL is not set. Tokens are made for one URL (aud): set it to the public URL of this "
            "service, as clients call it, such as https://cds.example."
        )
    url = urlsplit(settings.base_url)
    if url.scheme != "https" and not is_loopback(url.hostname or ""):
        raise SettingsError(
            f"{PREFIX}BASE_URL={settings.base_url} is not https: tokens and patient data could be read on their way. "
            "Put TLS in front of the service and set the https URL; http is for loopback addresses only."
        )
