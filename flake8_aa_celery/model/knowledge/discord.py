"""What sends to Discord: discord.py, dhooks, dhooks-lite, discord-webhook, discordproxy."""

from __future__ import annotations

PACKAGES = frozenset({"dhooks", "dhooks_lite", "discord", "discord_webhook", "discordproxy"})

#: What waits for Discord.
BLOCKS = (
    r"dhooks_lite(\.\w+)?\.Webhook\(\)\.execute"
    r"|dhooks(\.\w+)?\.Webhook(\.\w+)?\(\)\.(send|modify|delete)"
    r"|discord_webhook(\.\w+)?\.(Async)?DiscordWebhook\(\)\.(execute|edit|delete)"
    r"|discord(\.\w+)*\.(Sync)?Webhook\.(from_url|partial)\(\)\.(send|fetch|edit_message|delete_message)"
    r"|discord(\.\w+)*\.(Sync)?Webhook\(\)\.(send|fetch|edit_message|delete_message)"
    r"|discordproxy\.client\.DiscordClient\(\)\.\w+"
)
