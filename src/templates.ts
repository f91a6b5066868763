import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { BUILT_IN_SOURCE, compileTemplate, nameIn, TEMPLATE } from './agent/template.ts';
import { DEFAULT_ORGANIZATION } from './db/apps.ts';
import { inOrganization, type Database, type Transaction } from './db/database.ts';
import {
  addRule,
  addTemplate,
  listTemplates,
  readTemplateBook,
  reportTemplates,
  rollBack,
  type Selection,
  type Variant,
} from './db/templates.ts';
import { Failure } from './model/failure.ts';
import { PLATFORMS } from './model/platform.ts';
import { storable } from './model/storable.ts';

const WHERE = '[--platform NAME] [--install ID] [--channel ID] [--command ask] [--task chat|review|files]';
const USAGE = `usage: node src/main.ts templates [list]
       node src/main.ts templates show | preview NAME@VERSION
       node src/main.ts templates add FILE [--name NAME]
       node src/main.ts templates use NAME@VERSION ${WHERE} [--position N]
       node src/main.ts templates try NAME@VERSION:SHARE NAME@VERSION:SHARE… ${WHERE} [--position N]
       node src/main.ts templates rollback ${WHERE}
       node src/main.ts templates report [--days N]`;

const OPTIONS = {
  name: { type: 'string' },
  platform: { type: 'string', default: '' },
  install: { type: 'string', default: '' },
  channel: { type: 'string', default: '' },
  command: { type: 'string', default: '' },
  task: { type: 'string', default: '' },
  position: { type: 'string', default: '0' },
  days: { type: 'string', default: '30' },
} as const;

/** What the assistant is called, and what it is told beside the template. */
export type PreviewPersona = { readonly name: string; readonly instructions: string };

/** A file of the configuration, or of the command line. */
export type TemplateFile = { readonly path: string; readonly source: string };

type Given = { readonly words: readonly string[]; readonly options: ReturnType<typeof read>['options'] };

/**
 * `templates` lists, shows, adds, uses, tries out, rolls back and reports versions of prompts.
 * @returns what is to be printed.
 * @throws Failure `invalid` that says how it is meant.
 */
export async function templates(db: Database, persona: PreviewPersona, words: readonly string[]): Promise<string> {
  const [verb = 'list', ...rest] = words;
  const act = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (act === undefined) throw new Failure('invalid', USAGE);
  const given = read(rest);
  return inOrganization(db, DEFAULT_ORGANIZATION, (tx) => act(tx, given, persona));
}

type Verb = (tx: Transaction, given: Given, persona: PreviewPersona) => Promise<string>;

const VERBS: Readonly<Record<string, Verb>> = {
  list,
  add,
  preview,
  show: async (tx, given) => `${await sourceOf(tx, versionIn(given))}\n`,
  use: async (tx, given) => use(tx, [{ template: await mustExist(tx, versionIn(given)), share: 1 }], given),
  try: async (tx, given) => use(tx, await variantsIn(tx, given), given),
  async rollback(tx, { options }) {
    if (!(await rollBack(tx, selectionIn(options))))
      throw new Failure('invalid', 'there is no rule for this selection');
    return `rolled back\n${await list(tx)}`;
  },
  report: (tx, { options }) => report(tx, number(options.days, 'days', 3_650)),
};

async function preview(tx: Transaction, given: Given, persona: PreviewPersona): Promise<string> {
  const { platform, task } = given.options;
  const { plan, check, render } = compileTemplate(await sourceOf(tx, versionIn(given)));
  const stages = [...(plan ? ['plan'] : []), 'answer', ...(check ? ['check'] : [])].join(', ');
  return `${render({ ...persona, platform: platform || 'web', task: task || 'chat' })}\n\n(stages: ${stages})\n`;
}

/**
 * Adds what is new of the configuration's files, as versions: at the start.
 * @throws Failure `invalid` that names the file and what to mend.
 */
export async function addTemplateFiles(tx: Transaction, files: readonly TemplateFile[]): Promise<void> {
  for (const file of files) await addFile(tx, file, { name: undefined, by: 'configuration' });
}

async function addFile(
  tx: Transaction,
  { path, source }: TemplateFile,
  { name: given, by }: { readonly name: string | undefined; readonly by: string },
): Promise<string> {
  try {
    const name = given ?? nameIn(source) ?? basename(path).replace(/\..*$/, '');
    if (!/^[a-z][a-z0-9-]{0,59}$/.test(name))
      throw new Failure('invalid', `${JSON.stringify(name)} is no name: lower-case letters, digits and -`);
    compileTemplate(source).render({ name: 'Switchboard', instructions: 'x', platform: 'web', task: 'chat' });
    return await addTemplate(tx, { name, source, by });
  } catch (thrown) {
    throw thrown instanceof Failure ? new Failure(thrown.code, `${path}: ${thrown.message}`) : thrown;
  }
}

async function add(tx: Transaction, { words, options: { name } }: Given): Promise<string> {
  const [path, ...more] = words;
  if (path === undefined || more.length > 0) throw new Failure('invalid', USAGE);
  const added = await addFile(tx, { path, source: readSource(path) }, { name, by: 'command line' });
  return `${added} is there; use it with: templates use ${added}\n`;
}

function readSource(path: string): string {
  try {
    return storable(readFileSync(path, 'utf8'));
  } catch (thrown) {
    throw new Failure('invalid', `${path} cannot be read`, { cause: thrown });
  }
}

async function use(tx: Transaction, variants: readonly Variant[], given: Given): Promise<string> {
  const position = number(given.options.position, 'position', 1_000_000);
  await addRule(tx, { ...selectionIn(given.options), position, variants, by: 'command line' });
  return `from now on, within a few seconds:\n${await list(tx)}`;
}

async function list(tx: Transaction): Promise<string> {
  const [all, { rules }] = [await listTemplates(tx), await readTemplateBook(tx)];
  const versions = all.map(
    ({ name, version, createdBy, createdAt }) => `${name}@${version}  ${createdAt}  ${createdBy}`,
  );
  const uses = rules.map((rule) => `  ${whereOf(rule)}: ${rule.variants.map(sharing(rule.variants)).join(', ')}`);
  return [`${TEMPLATE}  built in`, ...versions, 'used:', ...uses, `  everywhere else: ${TEMPLATE}`, ''].join('\n');
}

const sharing = (all: readonly Variant[]) => {
  const sum = all.reduce((total, { share }) => total + share, 0);
  return ({ template, share }: Variant): string =>
    all.length === 1 ? template : `${template} (${Math.round((100 * share) / sum)} %)`;
};

function whereOf({ platform, install, channel, command, task }: Selection): string {
  const parts = Object.entries({ platform, install, channel, command, task }).filter(([, value]) => value !== '');
  return parts.map(([name, value]) => `${name} ${value}`).join(', ') || 'everywhere';
}

async function report(tx: Transaction, days: number): Promise<string> {
  const rows = await reportTemplates(tx, days);
  if (rows.length === 0) return `no answers in ${days} days\n`;
  return rows
    .map(({ template, threads, answers, failed, good, bad, dollars, seconds }) => {
      const each = answers === 0 ? 0 : dollars / answers;
      return `${template}: ${answers} answers in ${threads} conversations, ${failed} failed, 👍 ${good}, 👎 ${bad}, $${dollars.toFixed(4)} ($${each.toFixed(5)} each), half within ${seconds.toFixed(1)} s\n`;
    })
    .join('');
}

async function sourceOf(tx: Transaction, template: string): Promise<string> {
  if (template === TEMPLATE) return BUILT_IN_SOURCE;
  const found = (await listTemplates(tx)).find(({ name, version }) => `${name}@${version}` === template);
  if (found === undefined) throw new Failure('invalid', `there is no ${template}: see templates list`);
  return found.source;
}

async function mustExist(tx: Transaction, template: string): Promise<string> {
  await sourceOf(tx, template);
  return template;
}

function versionIn({ words }: Given): string {
  const [version, ...more] = words;
  if (version === undefined || more.length > 0) throw new Failure('invalid', USAGE);
  return version;
}

async function variantsIn(tx: Transaction, { words }: Given): Promise<readonly Variant[]> {
  const variants = words.map((word): Variant => {
    const [, template = '', share = ''] = /^([a-z][a-z0-9-]*@\d+):(\d{1,4})$/.exec(word) ?? [];
    if (template === '' || Number(share) === 0) throw new Failure('invalid', USAGE);
    return { template, share: Number(share) };
  });
  if (variants.length < 2 || variants.length > 10) throw new Failure('invalid', USAGE);
  for (const { template } of variants) await mustExist(tx, template);
  return variants;
}

function selectionIn({ platform, install, channel, command, task }: Given['options']): Selection {
  if (platform !== '' && !PLATFORMS.some((known) => known === platform))
    throw new Failure('invalid', `--platform must be one of ${PLATFORMS.join(', ')}`);
  if (install === '' && channel !== '') throw new Failure('invalid', '--channel needs --install');
  if (platform === '' && install !== '') throw new Failure('invalid', '--install needs --platform');
  return { platform, install, channel, command, task };
}

function number(text: string, name: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw new Failure('invalid', `--${name} must be a whole number up to ${most}`);
  return value;
}

function read(words: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: OPTIONS,
      strict: true,
      allowPositionals: true,
    });
    return { options: values, words: positionals };
  } catch (thrown) {
    throw new Failure('invalid', `${thrown instanceof Error ? thrown.message : 'what is this?'}\n${USAGE}`);
  }
}
