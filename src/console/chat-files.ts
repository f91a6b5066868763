import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { FILE_POLICY, sizeOf } from '../agent/files/policy.ts';
import { actorOf } from '../chat/actor.ts';
import type { ChatOptions } from '../chat/say.ts';
import { readChat } from '../db/chat-conversations.ts';
import { addChatFile, readChatFile, unsentBytes, type NewChatFile } from '../db/chat-files.ts';
import { inOrganization } from '../db/database.ts';
import { Failure } from '../model/failure.ts';
import { FileShape } from './chat-shapes.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { notFound } from './problem.ts';
import { IdParam } from './shapes.ts';

/** Of one request, with what multipart adds. */
export const MOST_UPLOAD = FILE_POLICY.mostBytes + 64 * 1024;
/** Uploads that one process reads at a time: each is in memory twice. */
const AT_ONCE = 4;
/** Bytes that somebody may have uploaded and not sent. */
const MOST_UNSENT = 4 * FILE_POLICY.mostBytes;

/** What a browser shows by itself and runs nothing of. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

const FileParam = z.object({ id: z.uuid(), file: z.uuid() });

/** Whether a path is the one that takes large bodies. */
export const isUpload = (path: string): boolean => /\/chat\/[0-9a-f-]{36}\/files$/.test(path);

/** Files go up before they are sent, and come down to whoever is in the conversation. */
export const chatFiles = (options: ChatOptions) =>
  new Hono<ApiEnv>().route('/', uploading(options)).route('/', downloading(options));

function uploading({ db }: ChatOptions) {
  let reading = 0;
  return new Hono<ApiEnv>().post(
    '/:id/files',
    endpoint({
      role: 'viewer',
      scope: 'chat:write',
      summary: 'Uploads files, as multipart/form-data, for a message to be sent with them',
      answers: z.object({ items: z.array(FileShape) }),
    }),
    takes('param', IdParam),
    async (c) => {
      const principal = c.get('principal');
      const { organization } = principal;
      const { actor } = actorOf(principal);
      const { id: conversation } = c.req.valid('param');
      await inOrganization(db, organization, async (tx) => {
        if ((await readChat(tx, conversation, actor)) === undefined) throw notFound('conversation');
        if ((await unsentBytes(tx, actor)) > MOST_UNSENT)
          throw new Failure('too-large', 'you have uploaded much that was not sent: send it, or wait a day');
      });
      if (reading >= AT_ONCE) throw new Failure('unavailable', 'many files come right now', { retryInMs: 2_000 });
      reading += 1;
      try {
        const files = await readFiles(c.req.raw.headers.get('content-type'), await c.req.arrayBuffer());
        const kept = files.map((file): NewChatFile => ({ ...file, conversation, addedBy: actor }));
        await inOrganization(db, organization, async (tx) => {
          for (const file of kept) await addChatFile(tx, file);
        });
        return c.json({
          items: kept.map(({ id, name, mediaType, bytes }) => ({ id, name, mediaType, size: bytes.length })),
        });
      } finally {
        reading -= 1;
      }
    },
  );
}

type Sent = Pick<NewChatFile, 'id' | 'name' | 'mediaType' | 'bytes'>;

async function readFiles(type: string | null, body: ArrayBuffer): Promise<readonly Sent[]> {
  const wrong = (): Failure =>
    new Failure('invalid', 'send the files as multipart/form-data, each in a field of its own');
  if (type === null || !/^multipart\/form-data\b/i.test(type)) throw wrong();
  const form = await new Response(body, { headers: { 'content-type': type } }).formData().catch(() => {
    throw wrong();
  });
  const files = [...form.values()].filter((value) => typeof value !== 'string');
  if (files.length === 0) throw wrong();
  if (files.length > FILE_POLICY.mostFiles)
    throw new Failure('too-large', `at most ${FILE_POLICY.mostFiles} files at once`);
  return Promise.all(files.map(readOne));
}

/** Without what leads elsewhere, is no letter, or turns the order of letters, by which `exe.png` is shown where `gnp.exe` is. Pure. */
function nameOf(name: string): string {
  const signs = name.toWellFormed().replaceAll(/\p{Cc}|\p{Bidi_Control}|[/\\]/gu, '_');
  return signs.slice(-200).toWellFormed() || 'file';
}

async function readOne(file: File): Promise<Sent> {
  const { recording: most } = FILE_POLICY.mostOf;
  if (file.size > most) throw new Failure('too-large', `a file: at most ${sizeOf(most)}`);
  const name = nameOf(file.name);
  const mediaType = /^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? file.type.toLowerCase() : 'application/octet-stream';
  return {
    id: randomUUID(),
    name,
    mediaType,
    bytes: new Uint8Array(await file.arrayBuffer()),
  };
}

function downloading({ db }: ChatOptions) {
  return new Hono<ApiEnv>().get(
    '/:id/files/:file',
    endpoint({
      role: 'viewer',
      scope: 'chat:read',
      summary: 'A file of a conversation',
      type: 'application/octet-stream',
    }),
    takes('param', FileParam),
    async (c) => {
      const principal = c.get('principal');
      const { id: conversation, file: id } = c.req.valid('param');
      const file = await inOrganization(db, principal.organization, async (tx) => {
        const found = await readChat(tx, conversation, actorOf(principal).actor);
        return found && readChatFile(tx, { id, conversation }, FILE_POLICY.mostBytes);
      });
      if (file === undefined) throw notFound('file');
      const isShown = PICTURES.has(file.mediaType);
      const name = encodeURIComponent(file.name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
      return c.body(new Uint8Array(file.bytes), 200, {
        // Nothing of somebody's is run or shown here as a page of ours.
        'content-type': isShown ? file.mediaType : 'application/octet-stream',
        'content-disposition': `${isShown ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`,
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, max-age=3600',
      });
    },
  );
}
