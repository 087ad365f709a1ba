"""The assistant: ChatKit's server, the agent and its tool, citations."""
