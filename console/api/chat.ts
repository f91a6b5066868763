import { queryOptions } from '@tanstack/react-query';
import { api, done, read } from './client.ts';
import { pagesOf } from './pages.ts';
import { Problem, readProblem } from './problem.ts';

const loadChats = (text: string, cursor: string | undefined) =>
  read(
    api.chat.$get({
      query: { limit: '30', ...(cursor !== undefined && { cursor }), ...(text !== '' && { text }) },
    }),
  );
const loadChat = (id: string) => read(api.chat[':id'].$get({ param: { id } }));

export type ListedChat = Awaited<ReturnType<typeof loadChats>>['items'][number];
export type Chat = Awaited<ReturnType<typeof loadChat>>;
export type Post = Chat['posts'][number];
export type PostFile = Post['files'][number];
export type ChatCard = NonNullable<Post['card']>;

export const chatsQuery = (text: string) => pagesOf(['chats', text], (cursor) => loadChats(text, cursor));
export const chatKey = (id: string) => ['chat', id] as const;
/** What a socket keeps up with: it is read anew only when something was missed, and what it told meanwhile stays. */
export const chatQuery = (id: string) =>
  queryOptions({
    queryKey: chatKey(id),
    queryFn: async ({ client }) => {
      const read = await loadChat(id);
      const now = client.getQueryData<Chat>(chatKey(id));
      return now === undefined || now.seq <= read.seq ? read : now;
    },
    staleTime: Infinity,
  });

const loadComments = (id: string, post: string) =>
  read(api.chat[':id'].posts[':post'].comments.$get({ param: { id, post } }));
export const commentsQuery = (id: string, post: string, count: number) =>
  queryOptions({ queryKey: ['chat-comments', id, post, count], queryFn: () => loadComments(id, post) });

export const beginChat = () => read(api.chat.$post({ json: {} }));
export const earlierPosts = (id: string, before: number) =>
  read(api.chat[':id'].posts.$get({ param: { id }, query: { before: String(before) } }));
export const renameChat = (id: string, title: string) =>
  done(api.chat[':id'].$patch({ param: { id }, json: { title } }));
export const pressInChat = (id: string, button: 'stop' | 'again') =>
  done(api.chat[':id'].press.$post({ param: { id }, json: { button } }));
export const shareChat = (id: string, member: string) =>
  done(api.chat[':id'].members.$post({ param: { id }, json: { member } }));
/** @param member as members of the organization are named */
export const takeOut = (id: string, member: string) =>
  done(api.chat[':id'].members[':member'].$delete({ param: { id, member } }));
export const takeBack = (id: string, post: string) =>
  done(api.chat[':id'].posts[':post'].$delete({ param: { id, post } }));
export const react = (id: string, post: string, reaction: { readonly emoji: string; readonly added: boolean }) =>
  done(api.chat[':id'].posts[':post'].reaction.$put({ param: { id, post }, json: reaction }));
export const continueChat = (conversation: string) => read(api.chat.continue.$post({ json: { conversation } }));
/** Finds the conversation behind a platform's link, and goes on from it. @throws Problem: nothing was ever said there */
export async function continueFrom(link: string): Promise<{ readonly id: string }> {
  const { conversation } = await read(api.conversations.find.$get({ query: { message: link } }));
  if (conversation === null)
    throw new Problem({
      status: 404,
      title: 'Nothing there',
      detail: 'This never became a message: the bot has said nothing there.',
    });
  return continueChat(conversation);
}
export const addComment = (id: string, post: string, text: string) =>
  read(api.chat[':id'].posts[':post'].comments.$post({ param: { id, post }, json: { text } }));
export const judge = (id: string, post: string, verdict: 'good' | 'bad' | null) =>
  done(api.chat[':id'].posts[':post'].feedback.$put({ param: { id, post }, json: { verdict } }));
export const click = (
  id: string,
  post: string,
  what: { readonly control: string; readonly value?: string; readonly values?: Record<string, string> },
) => done(api.chat[':id'].posts[':post'].clicks.$post({ param: { id, post }, json: what }));

/** What is written: the same nonce is the same message. */
export type Writing = { readonly nonce: string; readonly text: string; readonly files: readonly File[] };

/** Files that are there already, by their ids. */
export type Uploaded = WeakMap<File, string>;

/** Uploads the files that are not there yet, then sends the message: sent again, it is the same one. @throws Problem */
export async function send(id: string, { nonce, text, files }: Writing, uploaded: Uploaded): Promise<void> {
  const missing = files.filter((file) => !uploaded.has(file));
  const ids = missing.length === 0 ? [] : await upload(id, missing);
  for (const [index, file] of missing.entries()) uploaded.set(file, ids[index] ?? '');
  const sent = files.flatMap((file) => uploaded.get(file) ?? []);
  await read(api.chat[':id'].messages.$post({ param: { id }, json: { nonce, text, files: sent } }));
}

async function upload(id: string, files: readonly File[]): Promise<string[]> {
  const form = new FormData();
  for (const file of files) form.append('file', file);
  const response = await fetch(`/api/v1/chat/${id}/files`, { method: 'POST', body: form });
  if (!response.ok) throw await readProblem(response);
  // The typed client knows no form of files; what it answers is read by the same route's type.
  const answered: Awaited<ReturnType<typeof typedUpload>> = await response.json();
  return answered.items.map((file) => file.id);
}

const typedUpload = (id: string) => read(api.chat[':id'].files.$post({ param: { id } }));

/** Where a file is loaded from. */
export const fileAt = (id: string, { id: file }: PostFile): string => `/api/v1/chat/${id}/files/${file}`;
