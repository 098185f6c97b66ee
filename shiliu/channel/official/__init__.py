"""The WeChat official account's own read figures, where its credentials are configured."""
