import { z } from 'zod';
import { embeds, lengthOf, rows } from './components.ts';
import { formProblem } from './form-problem.ts';
import type { Answer, Request, Upload } from './route.ts';
import { invalidForm, refusal } from './route.ts';
import type { File, Message, World } from './world.ts';
import { mentionsIn } from './world.ts';

/** Docs: "up to 2000 characters", counted in code points. */
const MOST_CHARACTERS = 2000;
/** Bytes of one file in a guild without boosts (`attachment_size_limit` of interactions). */
const MOST_BYTES = 10_485_760;
const SUPPRESS_EMBEDS = 4;

const allowed = z
  .object({
    parse: z.array(z.enum(['users', 'roles', 'everyone'])).optional(),
    users: z.array(z.string()).max(100).optional(),
    roles: z.array(z.string()).max(100).optional(),
    replied_user: z.boolean().optional(),
  })
  .refine(({ parse = [], users = [] }) => !parse.includes('users') || users.length === 0, {
    error: 'parse:["users"] and users: [ids...] are mutually exclusive.',
    params: { code: 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE' },
  });

const attachment: z.ZodType<{ id: string; filename?: string | undefined; description?: string | undefined }> = z.object(
  {
    id: z.union([z.string(), z.int()]).transform(String),
    filename: z.string().max(1024).optional(),
    description: z.string().max(1024).optional(),
  },
);

export const creation = z.object({
  content: z.string().nullish(),
  embeds: embeds.nullish(),
  components: rows.nullish(),
  attachments: z.array(attachment).max(10).optional(),
  nonce: z.union([z.string(), z.number()]).optional(),
  enforce_nonce: z.boolean().default(false),
  allowed_mentions: allowed.optional(),
  flags: z.int().default(0),
  message_reference: z.object({ message_id: z.string(), fail_if_not_exists: z.boolean().default(true) }).optional(),
});
const change = creation.omit({ nonce: true, enforce_nonce: true, message_reference: true }).extend({
  flags: z.int().optional(),
});

export type Creation = z.output<typeof creation>;

/** What is to be said, with the files that came with it; or what is wrong with it. */
export type Said =
  | { readonly problem: Answer }
  | { readonly problem?: never; readonly given: Creation; readonly parts: Parts };
export type Parts = Pick<Message, 'content' | 'embeds' | 'components' | 'files' | 'called'>;

export function readCreation(world: World, { body, files }: Pick<Request, 'body' | 'files'>): Said {
  const parsed = creation.safeParse(body);
  if (!parsed.success) return { problem: formProblem(parsed.error) };
  const given = parsed.data;
  const attached = attach(world, [], { wanted: given.attachments, uploads: files });
  if ('problem' in attached) return attached;
  const parts = {
    content: given.content ?? '',
    embeds: given.embeds ?? [],
    components: given.components ?? [],
    files: attached.files,
    called: calledBy(given),
  };
  const problem = problemWith(parts);
  return problem === undefined ? { given, parts } : { problem };
}

export type Changed =
  | { readonly problem: Answer }
  | { readonly problem?: never; readonly parts: Parts; readonly flags: number };

/** Docs, Edit Message: what is not named stays; of the flags only SUPPRESS_EMBEDS can be changed. */
export function readChange(world: World, message: Message, { body, files }: Pick<Request, 'body' | 'files'>): Changed {
  const parsed = change.safeParse(body);
  if (!parsed.success) return { problem: formProblem(parsed.error) };
  const given = parsed.data;
  const attached = attach(world, message.files, { wanted: given.attachments, uploads: files });
  if ('problem' in attached) return attached;
  const parts = {
    content: given.content === undefined ? message.content : (given.content ?? ''),
    embeds: given.embeds === undefined ? message.embeds : (given.embeds ?? []),
    components: given.components === undefined ? message.components : (given.components ?? []),
    files: attached.files,
    called: [...message.called, ...calledBy(given)],
  };
  const problem = problemWith(parts);
  const flags = given.flags ?? message.flags;
  const changed = (message.flags & ~SUPPRESS_EMBEDS) | (flags & SUPPRESS_EMBEDS);
  return problem === undefined ? { parts, flags: changed } : { problem };
}

function problemWith({ content, embeds, files }: Parts): Answer | undefined {
  if (content.trim() === '' && embeds.length === 0 && files.length === 0) {
    return refusal(400, 50_006, 'Cannot send an empty message');
  }
  if (lengthOf(content) <= MOST_CHARACTERS) return undefined;
  return invalidForm('content', 'BASE_TYPE_MAX_LENGTH', `Must be ${MOST_CHARACTERS} or fewer in length.`);
}

type Attaching = {
  readonly wanted: z.output<typeof attachment>[] | undefined;
  readonly uploads: ReadonlyMap<number, Upload>;
};

/** With a list: what it names, kept or new. Without one: what was there, and all that is new. */
function attach(
  world: World,
  before: readonly File[],
  { wanted, uploads }: Attaching,
): { readonly files: readonly File[] } | { readonly problem: Answer } {
  if ([...uploads.values()].some(({ bytes }) => bytes.byteLength > MOST_BYTES)) {
    return { problem: refusal(413, 40_005, 'Request entity too large') };
  }
  const listed: NonNullable<Attaching['wanted']> = wanted ?? [
    ...before.map(({ id }) => ({ id })),
    ...[...uploads.keys()].map((id) => ({ id: `${id}` })),
  ];
  const files: File[] = [];
  for (const one of listed) {
    const kept = before.find(({ id }) => id === one.id);
    const upload = uploads.get(Number(one.id));
    if (kept === undefined && upload === undefined) {
      return { problem: invalidForm('attachments', 'ATTACHMENT_NOT_FOUND', 'Unknown attachment') };
    }
    const name = one.filename ?? upload?.name ?? '';
    if (kept !== undefined) files.push(kept);
    else if (upload !== undefined)
      files.push({
        ...upload,
        name: name.replaceAll(/[^\p{L}\p{N}._-]/gu, '_'),
        description: one.description,
        id: world.nextId(),
      });
  }
  for (const file of files) world.files.set(file.id, file);
  return { files };
}

/** Without `allowed_mentions` everybody that is named is called; nobody is by an embed. */
function calledBy({ content, allowed_mentions }: Pick<Creation, 'content' | 'allowed_mentions'>): readonly string[] {
  const said = content ?? '';
  const kinds = allowed_mentions?.parse ?? (allowed_mentions === undefined ? ['users', 'roles', 'everyone'] : []);
  const named = mentionsIn(said);
  const users = kinds.includes('users') ? named : named.filter((id) => allowed_mentions?.users?.includes(id));
  const everyone = kinds.includes('everyone') ? [...said.matchAll(/@(everyone|here)/g)].map(([found]) => found) : [];
  return [...users, ...everyone];
}
