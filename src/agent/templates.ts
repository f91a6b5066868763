import { createHash, randomUUID } from 'node:crypto';
import {
  NOOP_PROVIDER,
  OpenFeature,
  type Client,
  type EvaluationContext,
  type Provider,
} from '@openfeature/server-sdk';
import { z } from 'zod';
import { inOrganization, type Database } from '../db/database.ts';
import { readTemplateBook, type Selection, type TemplateBook, type TemplateRule } from '../db/templates.ts';
import { toFailure } from '../model/failure.ts';
import { organizationId, type OrganizationId, type ThreadId } from '../model/ids.ts';
import type { Clock } from '../observe/clock.ts';
import type { Log } from '../observe/log.ts';
import { builtIn, compileTemplate, TEMPLATE, type Stages, type Template, type TemplateValues } from './template.ts';

/** Where and for what a prompt is wanted. All are values, none is empty but `command`. */
export type TemplateAt = Selection & {
  readonly organization: OrganizationId;
  /** Stays with its version while an experiment runs. */
  readonly thread: ThreadId;
};

/** A version, and what it comes to here. */
export type Wording = Stages & {
  /** `name@version`. */
  readonly template: string;
  readonly system: string;
};

/** What an admin has said about the assistant. */
type Persona = Pick<TemplateValues, 'name' | 'instructions'>;

export type Templates = {
  /** Never rejects: what cannot be read or rendered is the version that is built in. */
  readonly choose: (at: TemplateAt, persona: Persona) => Promise<Wording>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export type TemplatesOptions = { readonly db: Database; readonly clock: Clock; readonly log: Log };

/** Milliseconds after which a changed rule is heard of at the latest. */
const FRESH_MS = 5_000;

/** The flag by which versions are told apart. */
const FLAG = 'template';

const Of = z.object({ organization: z.string().transform(organizationId) });

type Known = { readonly book: TemplateBook; readonly compiled: ReadonlyMap<string, Template>; readonly readAt: number };

/** Chooses by OpenFeature, from the organization's own rules: a provider in this process, which asks nobody outside. */
export function openTemplates({ db, clock, log }: TemplatesOptions): Templates {
  const first = onlyBuiltIn();
  const books = new Map<OrganizationId, Promise<Known>>();
  const refresh = (organization: OrganizationId): Promise<Known> => {
    const reading = read(db, organization, clock, log);
    books.set(organization, reading);
    reading.catch(() => books.delete(organization));
    return reading;
  };
  const known = async (organization: OrganizationId): Promise<Known> => {
    const book = await (books.get(organization) ?? refresh(organization));
    return clock.now() - book.readAt < FRESH_MS ? book : refresh(organization);
  };
  const client = clientFor(async (context) => {
    const { organization } = Of.parse(context);
    const { book } = await known(organization);
    return chooseVariant(book.rules, context) ?? TEMPLATE;
  });
  return {
    async choose(place, persona) {
      const { thread, ...at } = place;
      const values = { ...persona, platform: at.platform, task: at.task };
      const template = await client.of.getStringValue(FLAG, TEMPLATE, { targetingKey: thread, ...at });
      if (template === TEMPLATE) return first.choose(place, persona);
      try {
        const chosen = (await known(at.organization)).compiled.get(template);
        if (chosen === undefined) return first.choose(place, persona);
        return { template, plan: chosen.plan, check: chosen.check, system: chosen.render(values) };
      } catch (thrown) {
        log.error({ template, reason: toFailure(thrown, 'invalid').message }, 'a template cannot be used');
        return first.choose(place, persona);
      }
    },
    [Symbol.asyncDispose]: client[Symbol.asyncDispose],
  };
}

/** Where nobody has written another one. */
export function onlyBuiltIn(): Pick<Templates, 'choose'> {
  const { plan, check, render } = builtIn();
  return {
    choose: ({ platform, task }, persona) =>
      Promise.resolve({ template: TEMPLATE, plan, check, system: render({ ...persona, platform, task }) }),
  };
}

async function read(db: Database, organization: OrganizationId, clock: Clock, log: Log): Promise<Known> {
  const book = await inOrganization(db, organization, readTemplateBook);
  const compiled = [...book.sources].flatMap(([template, source]): [string, Template][] => {
    try {
      return [[template, compileTemplate(source)]];
    } catch (thrown) {
      log.error({ template, reason: toFailure(thrown, 'invalid').message }, 'a template cannot be used');
      return [];
    }
  });
  return { book, compiled: new Map(compiled), readAt: clock.now() };
}

/** A client of its own domain: what other parts of the process set up for themselves is not touched. */
function clientFor(
  choose: (context: EvaluationContext) => Promise<string>,
): { readonly of: Client } & Pick<Templates, typeof Symbol.asyncDispose> {
  const domain = `switchboard-templates-${randomUUID()}`;
  const unknown = async <Value>(_flag: string, value: Value): Promise<{ value: Value }> => ({ value });
  const provider: Provider = {
    metadata: { name: 'template rules' },
    resolveStringEvaluation: async (flag, value, context) =>
      flag === FLAG ? { value: await choose(context), reason: 'TARGETING_MATCH' } : { value },
    resolveBooleanEvaluation: unknown,
    resolveNumberEvaluation: unknown,
    resolveObjectEvaluation: unknown,
  };
  OpenFeature.setProvider(domain, provider);
  return {
    of: OpenFeature.getClient(domain),
    async [Symbol.asyncDispose]() {
      await OpenFeature.setProviderAndWait(domain, NOOP_PROVIDER);
    },
  };
}

/** The version that the first rule that holds has for this thread; undefined: no rule holds. Pure. */
export function chooseVariant(rules: readonly TemplateRule[], context: EvaluationContext): string | undefined {
  const fits = (rule: TemplateRule): boolean =>
    (['platform', 'install', 'channel', 'command', 'task'] as const).every(
      (part) => rule[part] === '' || rule[part] === context[part],
    );
  const rule = rules.find(fits);
  if (rule === undefined) return undefined;
  const all = rule.variants.reduce((sum, { share }) => sum + share, 0);
  let left = chanceOf(`${rule.id}/${context.targetingKey ?? ''}`) * all;
  return (rule.variants.find(({ share }) => (left -= share) < 0) ?? rule.variants.at(-1))?.template;
}

/** A number from 0 to 1 that is the same for the same words. */
function chanceOf(words: string): number {
  return createHash('sha256').update(words).digest().readUIntBE(0, 6) / 2 ** 48;
}
