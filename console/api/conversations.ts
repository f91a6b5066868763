import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client.ts';
import { pagesOf } from './pages.ts';

/** What is looked for; '': anything. */
export type ConversationFilter = {
  readonly text: string;
  readonly state: string;
  readonly person: string;
  readonly channel: string;
  readonly reveal: boolean;
};

const STATES = ['waiting', 'running', 'answered', 'ignored', 'dead'] as const;

const load = ({ text, state, person, channel, reveal }: ConversationFilter, cursor: string | undefined) => {
  const known = STATES.find((one) => one === state);
  return read(
    api.conversations.$get({
      query: {
        limit: '50',
        ...(cursor !== undefined && { cursor }),
        ...(text !== '' && { text }),
        ...(known !== undefined && { state: known }),
        ...(person !== '' && { person }),
        ...(channel !== '' && { channel }),
        ...(reveal && { reveal: 'true' }),
      },
    }),
  );
};

export type ListedConversation = Awaited<ReturnType<typeof load>>['items'][number];

export const conversationsQuery = (filter: ConversationFilter) =>
  pagesOf(['conversations', filter], (cursor) => load(filter, cursor));

const loadOne = (id: string, reveal: boolean) =>
  read(api.conversations[':id'].$get({ param: { id }, query: reveal ? { reveal: 'true' } : {} }));

export type Conversation = Awaited<ReturnType<typeof loadOne>>;
export type Message = Conversation['messages'][number];
export type Turn = Conversation['turns'][number];
export type Step = Turn['steps'][number];

export const conversationQuery = (id: string, reveal: boolean) =>
  queryOptions({ queryKey: ['conversations', id, reveal], queryFn: () => loadOne(id, reveal) });
