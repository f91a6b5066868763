import { Hono } from 'hono';
import { z } from 'zod';
import { BUILT_IN_SOURCE, compileTemplate, LONGEST_SOURCE, TEMPLATE } from '../agent/template.ts';
import { inOrganization, type Database, type Transaction } from '../db/database.ts';
import {
  addRule,
  addTemplate,
  listTemplates,
  readTemplateBook,
  reportTemplates,
  rollBack,
  type StoredTemplate,
} from '../db/templates.ts';
import { PLATFORMS } from '../model/platform.ts';
import { change } from './change.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { notFound } from './problem.ts';
import { Text } from './shapes.ts';

const Version = z.object({
  name: z.string(),
  version: z.number(),
  source: z.string(),
  createdBy: z.string(),
  createdAt: z.string(),
});

const Variant = z.object({ template: z.string(), share: z.number() });

const place = { platform: z.string(), install: z.string(), channel: z.string(), command: z.string(), task: z.string() };
const Rule = z.object({
  ...place,
  id: z.number(),
  position: z.number(),
  variants: z.array(Variant),
  createdBy: z.string(),
});

const Report = z.object({
  template: z.string(),
  threads: z.number(),
  answers: z.number(),
  failed: z.number(),
  good: z.number(),
  bad: z.number(),
  dollars: z.number(),
  /** From the beginning of a turn to its end, of half of them at the most. */
  seconds: z.number(),
});

/** What is empty fits all. */
const Selection = z.object({
  platform: z.union([z.literal(''), z.enum(PLATFORMS)]).default(''),
  install: Text(200).default(''),
  channel: Text(200).default(''),
  command: Text(40).default(''),
  task: z.enum(['', 'chat', 'review', 'files']).default(''),
});

const NAME = /^[a-z][a-z0-9-]{0,59}$/;
const NewVersion = z.object({
  name: z.string().regex(NAME, 'lower-case letters, digits and -'),
  source: Text(LONGEST_SOURCE),
});
const NewRule = Selection.extend({
  position: z.int().min(0).max(1_000_000).default(0),
  /** One version, or up to ten among which conversations are shared out. */
  variants: z
    .array(z.object({ template: z.string().max(80), share: z.int().min(1).max(9_999) }))
    .min(1)
    .max(10),
});
const Trial = Selection.pick({ platform: true, task: true }).extend({
  source: Text(LONGEST_SOURCE),
  name: Text(80).default('Switchboard'),
  instructions: Text(10_000).default(''),
});
const Tried = z.object({ text: z.string(), plan: z.boolean(), check: z.boolean() });

/** Versions of prompts, where which is used, and what came of each. */
export const templates = (options: { readonly db: Database }) =>
  new Hono<ApiEnv>().route('/', reading(options)).route('/', changing(options));

function reading({ db }: { readonly db: Database }) {
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({
        role: 'viewer',
        scope: 'agents:read',
        summary: 'All versions, and where which is used',
        answers: z.object({ versions: z.array(Version), rules: z.array(Rule), everywhereElse: z.string() }),
      }),
      async (c) => {
        const { organization } = c.get('principal');
        const [versions, { rules }] = await inOrganization(db, organization, (tx) =>
          Promise.all([listTemplates(tx), readTemplateBook(tx)]),
        );
        return c.json({
          versions: [builtIn(), ...versions],
          rules: rules.map(({ variants, ...rule }) => ({ ...rule, variants: [...variants] })),
          everywhereElse: TEMPLATE,
        });
      },
    )
    .get(
      '/report',
      endpoint({
        role: 'analyst',
        scope: 'agents:read',
        summary: 'What came of each version: answers, opinions, cost, time',
        answers: z.object({ items: z.array(Report) }),
      }),
      takes('query', z.object({ days: z.coerce.number().int().min(1).max(365).default(30) })),
      async (c) => {
        const { days } = c.req.valid('query');
        const items = await inOrganization(db, c.get('principal').organization, (tx) => reportTemplates(tx, days));
        return c.json({ items: [...items] });
      },
    )
    .post(
      '/try',
      endpoint({
        role: 'viewer',
        scope: 'agents:read',
        summary: 'What a source comes to, without keeping it',
        answers: Tried,
      }),
      takes('json', Trial),
      (c) => {
        const { source, platform, task, name, instructions } = c.req.valid('json');
        const { plan, check, render } = compileTemplate(source);
        const text = render({ name, instructions, platform: platform || 'web', task: task || 'chat' });
        return c.json({ text, plan, check });
      },
    );
}

function changing({ db }: { readonly db: Database }) {
  return new Hono<ApiEnv>()
    .post(
      '/versions',
      endpoint({
        role: 'admin',
        scope: 'agents:write',
        summary: 'Adds a version; what says the same as the newest one is that one',
        answers: z.object({ template: z.string() }),
      }),
      takes('json', NewVersion),
      async (c) => {
        const { name, source } = c.req.valid('json');
        compileTemplate(source).render({ name: 'Switchboard', instructions: 'x', platform: 'web', task: 'chat' });
        const principal = c.get('principal');
        const template = await change(db, principal, async (tx) => {
          const result = await addTemplate(tx, { name, source, by: principal.name });
          return { result, changed: { what: 'template.added', subject: `template/${result}` } };
        });
        return c.json({ template });
      },
    )
    .post(
      '/rules',
      endpoint({ role: 'admin', scope: 'agents:write', summary: 'Uses a version, or tries several out, somewhere' }),
      takes('json', NewRule),
      async (c) => {
        const rule = c.req.valid('json');
        const principal = c.get('principal');
        await change(db, principal, async (tx) => {
          await mustExist(tx, rule.variants);
          await addRule(tx, { ...rule, by: principal.name });
          return { result: undefined, changed: { what: 'template.used', subject: 'templates', details: { rule } } };
        });
        return c.body(null, 204);
      },
    )
    .post(
      '/rollback',
      endpoint({ role: 'admin', scope: 'agents:write', summary: 'Goes back to what was used there before' }),
      takes('json', Selection),
      async (c) => {
        const selection = c.req.valid('json');
        await change(db, c.get('principal'), async (tx) => {
          if (!(await rollBack(tx, selection))) throw notFound('rule');
          const changed = { what: 'template.rolled-back', subject: 'templates', details: { selection } };
          return { result: undefined, changed };
        });
        return c.body(null, 204);
      },
    );
}

function builtIn(): StoredTemplate {
  const [name = '', version = ''] = TEMPLATE.split('@');
  return { name, version: Number(version), source: BUILT_IN_SOURCE, createdBy: 'built in', createdAt: '' };
}

async function mustExist(tx: Transaction, variants: z.infer<typeof NewRule>['variants']): Promise<void> {
  const all = await listTemplates(tx);
  const known = new Set([TEMPLATE, ...all.map(({ name, version }) => `${name}@${version}`)]);
  const unknown = variants.find(({ template }) => !known.has(template));
  if (unknown !== undefined) throw notFound(`version ${unknown.template}`);
}
