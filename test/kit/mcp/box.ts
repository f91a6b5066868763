import pino from 'pino';
import { openMcpToolbox } from '../../../src/agent/tools/mcp/open.ts';
import type { McpServer } from '../../../src/model/mcp-server.ts';
import { appId, organizationId, threadId } from '../../../src/model/ids.ts';
import type { Tool, Toolbox, ToolResult, ToolUse } from '../../../src/model/tool.ts';
import { systemClock } from '../../../src/observe/clock.ts';
import type { Log } from '../../../src/observe/log.ts';

const ID = '00000000-0000-4000-8000-000000000001';

/** One call, by nobody in particular. */
export const use = (key: string, more: Partial<ToolUse> = {}): ToolUse => ({
  key,
  organization: organizationId(ID),
  app: appId(ID),
  thread: threadId(ID),
  install: 'w1',
  channel: 'c1',
  person: { id: 'u1', name: 'Ada' },
  tainted: false,
  wasSaid: () => false,
  ...more,
});

export type TestBox = Toolbox & {
  readonly named: (name: string) => Promise<Tool>;
  readonly run: (name: string, args?: object, signal?: AbortSignal) => Promise<ToolResult>;
};

/** A server's tools, as a turn would use them. */
export function openBox(server: McpServer, log: Log = pino({ level: 'silent' }), waitMs = 5_000): TestBox {
  const box = openMcpToolbox(server, { clock: systemClock, log, environment: process.env, waitMs });
  let calls = 0;
  const named = async (name: string): Promise<Tool> => {
    const tools = await box.tools(organizationId(ID));
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined) throw new Error(`no ${name} among ${tools.map((one) => one.name).join(' ')}`);
    return tool;
  };
  return {
    ...box,
    named,
    run: async (name, args = {}, signal = AbortSignal.timeout(20_000)) =>
      (await named(name)).run(args, use(`call ${(calls += 1)}`), signal),
  };
}

export const stdio = (name: string, args: readonly string[], more: object = {}): McpServer => ({
  kind: 'stdio',
  name,
  command: process.execPath,
  args,
  env: {},
  cwd: undefined,
  timeoutMs: 10_000,
  ...more,
});
