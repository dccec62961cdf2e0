"""The ASGI side: webhooks and health."""
