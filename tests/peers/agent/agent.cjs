// An agent that speaks the Model Context Protocol by the package `@modelcontextprotocol/sdk`. It lists the tools of a
// server, calls what it is told to, and prints all that came back as one JSON object.
//
// agent.cjs http URL CALLS           the token is in AGENT_TOKEN
// agent.cjs stdio PROGRAM ARG... CALLS
//
// CALLS is a JSON list of {"tool", "arguments"}. AGENT_MODULES is the folder where the packages were installed.
const { createRequire } = require("node:module");
const { join } = require("node:path");

const packages = createRequire(join(process.env.AGENT_MODULES, "agent.cjs"));
const { Client } = packages("@modelcontextprotocol/sdk/client/index.js");
const { StdioClientTransport } = packages("@modelcontextprotocol/sdk/client/stdio.js");
const { StreamableHTTPClientTransport } = packages("@modelcontextprotocol/sdk/client/streamableHttp.js");

function transport(kind, words) {
  if (kind === "stdio") return new StdioClientTransport({ command: words[0], args: words.slice(1), env: process.env });
  const headers = { Authorization: `Bearer ${process.env.AGENT_TOKEN}` };
  return new StreamableHTTPClientTransport(new URL(words[0]), { requestInit: { headers } });
}

async function tools(client) {
  const found = [];
  let cursor;
  do {
    const page = await client.listTools({ cursor });
    found.push(...page.tools);
    cursor = page.nextCursor;
  } while (cursor);
  return found;
}

async function call(client, { tool, arguments: input = {} }) {
  try {
    const result = await client.callTool({ name: tool, arguments: input });
    const text = result.content.map((block) => block.text);
    return { error: result.isError === true, text, output: result.structuredContent };
  } catch (error) {
    return { refused: error.message, code: error.code };
  }
}

async function main() {
  const [kind, ...words] = process.argv.slice(2);
  const calls = JSON.parse(words.pop());
  const client = new Client({ name: "castellan-test", version: "1.0.0" });
  await client.connect(transport(kind, words));
  const results = [];
  const said = { server: client.getServerVersion().name, instructions: client.getInstructions(), tools: await tools(client) };
  for (const wanted of calls) results.push(await call(client, wanted));
  console.log(JSON.stringify({ ...said, results }));
  await client.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
