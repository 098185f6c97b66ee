"""Into the groups: what is prepared when an article is published, sent by bots or posted by people."""
