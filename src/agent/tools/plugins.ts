import { z } from 'zod';
import type { PluginEntry } from '../../model/plugin-entry.ts';
import type { Tool, Toolbox } from '../../model/tool.ts';
import type { Log } from '../../observe/log.ts';
import type { OpenProvider, Plugin, PluginHost, PluginTool } from '../../plugin.ts';
import { broken, loadPlugin, wordsOf } from './load-plugin.ts';
import { openStages, type Stage, type Stages } from '../stages.ts';

/** What all plugins bring. */
export type Plugins = {
  readonly toolboxes: readonly Toolbox[];
  /** By protocol, for `models:`. */
  readonly providers: ReadonlyMap<string, OpenProvider>;
  readonly stages: Stages;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export type PluginsOptions = {
  readonly log: Log;
  /** Where the configuration's file is. */
  readonly folder: string;
};

/** Milliseconds for one plugin to open, and to close. */
const OPEN_WITHIN_MS = 30_000;
const CLOSE_WITHIN_MS = 5_000;

const LONGEST_WITHIN_MS = 600_000;
const DEFAULT_WITHIN_MS = 30_000;

/**
 * Loads and opens plugins, in their order.
 * @throws Failure `invalid` that names the plugin and what to mend: one that does not open stops the start.
 */
export async function openPlugins(entries: readonly PluginEntry[], { log, folder }: PluginsOptions): Promise<Plugins> {
  await using stack = new AsyncDisposableStack();
  const ending = stack.adopt(new AbortController(), (controller) => controller.abort());
  const toolboxes: Toolbox[] = [];
  const providers = new Map<string, OpenProvider>();
  const stages: Stage[] = [];
  for (const entry of entries) {
    const plugin = await loadPlugin(entry.use, folder);
    stack.defer(() => close(plugin, log));
    const own = log.child({ plugin: plugin.name });
    const host: PluginHost = {
      log: {
        info: (fields, words) => own.info(fields, words),
        warn: (fields, words) => own.warn(fields, words),
        error: (fields, words) => own.error(fields, words),
      },
      signal: ending.signal,
      folder,
    };
    const opened = await opening(entry.use, () => open(plugin, entry, host));
    toolboxes.push(boxOf(plugin.name, opened.tools));
    for (const [protocol, provider] of Object.entries(opened.providers)) {
      if (providers.has(protocol)) throw broken(entry.use, `another plugin brings the protocol ${protocol} already`);
      providers.set(protocol, provider);
    }
    stages.push({ ...opened.stages, of: plugin.name, onFailure: entry.onStageFailure });
    log.info({ plugin: plugin.name, version: plugin.version, tools: opened.tools.length }, 'a plugin is open');
  }
  const closers = stack.move();
  return {
    toolboxes,
    providers,
    stages: openStages(stages, log),
    [Symbol.asyncDispose]: () => closers.disposeAsync(),
  };
}

async function open(plugin: Plugin, { use, settings }: PluginEntry, host: PluginHost) {
  const tools = (await plugin.tools?.(settings, host)) ?? [];
  const providers = (await plugin.providers?.(settings, host)) ?? {};
  const stages = (await plugin.stages?.(settings, host)) ?? {};
  for (const [protocol, provider] of Object.entries(providers))
    if (typeof provider !== 'function') throw broken(use, `its provider ${protocol} is no function`);
  if (!Array.isArray(tools)) throw broken(use, '`tools` returns no list');
  return { tools: tools.map((tool) => toolOf(use, tool)), providers, stages };
}

async function opening<Result>(use: string, work: () => Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not open within ${OPEN_WITHIN_MS / 1000} s`)), OPEN_WITHIN_MS);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (thrown) {
    const words = wordsOf(thrown);
    throw words.startsWith('plugins: ') ? thrown : broken(use, `it cannot be opened: ${words}`, thrown);
  } finally {
    clearTimeout(timer);
  }
}

async function close(plugin: Plugin, log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_WITHIN_MS)));
  try {
    await Promise.race([plugin.close?.(), late]);
  } catch (thrown) {
    log.warn({ plugin: plugin.name, reason: wordsOf(thrown) }, 'a plugin did not close');
  } finally {
    clearTimeout(timer);
  }
}

function boxOf(name: string, tools: readonly Tool[]): Toolbox {
  return { name, tools: () => Promise.resolve(tools), [Symbol.asyncDispose]: async () => {} };
}

const ToolShape = z.looseObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be lower-case letters, digits and _, beginning with a letter'),
  description: z.string().min(1).max(4_000),
  parameters: z.looseObject({ type: z.literal('object', 'must be a JSON Schema of an object: { type: "object", … }') }),
  effect: z.enum(['reads', 'writes'], 'must be "reads" or "writes"'),
  idempotent: z.boolean().default(false),
  origin: z.enum(['own', 'external']).default('external'),
  withinMs: z.number().positive().max(LONGEST_WITHIN_MS).default(DEFAULT_WITHIN_MS),
});

/** @throws Failure `invalid` that names the tool and the field. */
function toolOf(use: string, given: PluginTool): Tool {
  const { data, error } = ToolShape.safeParse(given);
  if (data === undefined) throw broken(use, `the tool ${given?.name}: ${z.prettifyError(error).replaceAll('\n', ' ')}`);
  if (typeof given.run !== 'function') throw broken(use, `the tool ${data.name} has no function \`run\``);
  const { name, description, parameters, effect, idempotent, origin, withinMs } = data;
  return {
    name,
    description,
    parameters,
    effect,
    idempotent,
    origin,
    withinMs,
    run: async (args, toolUse, signal) => {
      const result = await given.run(args, toolUse, signal);
      if (typeof result === 'string') return { text: result };
      const { text, failed, origin: words = origin } = ResultShape.parse(result);
      return { text, failed, origin: words };
    },
  };
}

const ResultShape = z.object({
  text: z.string(),
  failed: z.boolean().default(false),
  origin: z.enum(['own', 'external']).optional(),
});
