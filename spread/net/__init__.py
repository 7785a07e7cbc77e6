"""The one server, the one client, and the ways to find the server; asyncio starts here."""
