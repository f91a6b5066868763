// A server of tools that writes down each thing it does, and dies or hangs when it is told to. Plain JS: it is started as a
// program of its own. Its modes are one-shot files in the folder that it is given.
import { appendFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { McpServer, fromJsonSchema } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

const folder = process.argv[2];
const note = (what) => appendFileSync(join(folder, 'log'), `${what}\n`);
const once = (name) => {
  const path = join(folder, name);
  if (!existsSync(path)) return false;
  rmSync(path);
  return true;
};
note(`start ${Object.keys(process.env).toSorted().join(',')}`);
process.stderr.write(`begun with ${process.env.SECRET ?? 'nothing'}\n`);

const text = (words) => ({ content: [{ type: 'text', text: words }] });
const inputSchema = fromJsonSchema({ type: 'object', properties: { text: { type: 'string' } } });

const act = async (kind, { text: words = '' }) => {
  note(`${kind} ${words}`);
  if (once(`die-in-${kind}`)) process.kill(process.pid, 'SIGKILL');
  if (once(`hang-in-${kind}`)) for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  if (once('long')) return text('x'.repeat(2_000_000));
  return text(`${kind}: ${words}`);
};

serveStdio(() => {
  const server = new McpServer(
    { name: 'counting', version: '1.0.0' },
    { capabilities: { tools: { listChanged: true } } },
  );
  server.registerTool('readIt', { description: 'reads', inputSchema, annotations: { readOnlyHint: true } }, (args) =>
    act('read', args),
  );
  server.registerTool('write', { description: 'writes', inputSchema }, (args) => act('write', args));
  server.registerTool('wait', { description: 'waits', inputSchema }, async ({ text: ms = '0' }) => {
    await sleep(Number(ms));
    return text('waited');
  });
  server.registerTool('grow', { description: 'adds a tool', inputSchema, annotations: { readOnlyHint: true } }, () => {
    server.registerTool('added', { description: 'new', inputSchema, annotations: { readOnlyHint: true } }, () =>
      text('new'),
    );
    return text('grown');
  });
  return server;
});
