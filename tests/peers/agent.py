"""An agent that speaks the Model Context Protocol by the package `mcp`. It lists the tools of a server, calls what it is
told to, and prints all that came back as one JSON object.

agent.py MODE http URL CALLS           the token is in AGENT_TOKEN
agent.py MODE stdio PROGRAM ARG... CALLS

MODE is `auto` or `legacy`: how the version of the protocol is found. CALLS is a JSON list of {"tool", "arguments"}.
"""

import asyncio
import json
import os
import sys

import httpx2
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client


def server(kind, words):
    if kind == "stdio":
        return StdioServerParameters(command=words[0], args=words[1:], env=dict(os.environ))
    headers = {"Authorization": "Bearer " + os.environ["AGENT_TOKEN"]}
    return streamable_http_client(words[0], http_client=httpx2.AsyncClient(headers=headers, timeout=30))


async def tools(client):
    found, cursor = [], None
    while True:
        page = await client.list_tools(cursor=cursor)
        found += [tool.model_dump(by_alias=True, exclude_none=True, mode="json") for tool in page.tools]
        cursor = page.next_cursor
        if not cursor:
            return found


async def call(client, wanted):
    try:
        result = await client.call_tool(wanted["tool"], wanted.get("arguments", {}))
    except MCPError as error:
        return {"refused": error.error.message, "code": error.error.code}
    return {
        "error": bool(result.is_error),
        "text": [block.text for block in result.content],
        "output": result.structured_content,
    }


async def main():
    mode, kind, *words, calls = sys.argv[1:]
    async with Client(server(kind, words), mode=mode) as client:
        said = {
            "protocol": client.protocol_version,
            "server": client.server_info.name,
            "instructions": client.instructions,
            "tools": await tools(client),
            "results": [await call(client, wanted) for wanted in json.loads(calls)],
        }
    print(json.dumps(said))


asyncio.run(main())
