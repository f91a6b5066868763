import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { shareChat, takeOut, type Chat } from '../../api/chat.ts';
import { membersQuery } from '../../api/people.ts';
import { Dialog } from '../dialog.tsx';
import { Loaded } from '../loaded.tsx';
import { useAct } from '../use-act.ts';

/** Lets colleagues into a conversation; who has begun it takes them out again. */
export function Share({ chat }: { readonly chat: Chat }) {
  return (
    <Dialog button="Share…" title="Share this conversation">
      {() => <Colleagues chat={chat} />}
    </Dialog>
  );
}

function Colleagues({ chat }: { readonly chat: Chat }) {
  const query = useQuery(membersQuery);
  const share = useAct((member: string) => shareChat(chat.id, member), { changes: ['chats'], says: 'Shared' });
  const out = useAct((member: string) => takeOut(chat.id, member), { changes: ['chats'], says: 'Taken out' });
  const isIn = (id: string): boolean => chat.members.some(({ actor }) => actor === `person/${id}`);
  const mayTakeOut = (id: string): boolean => chat.createdBy === chat.you && chat.you !== `person/${id}`;
  return (
    <>
      <p className="quiet flat">Whom you let in sees all that was said here, and can write.</p>
      <Loaded query={query}>
        {({ items }) => (
          <ul className="plain chat-people">
            {items.map(({ id, name, email }) => (
              <li key={id}>
                <span className="wrap">
                  <bdi>{name}</bdi> <span className="quiet">{email}</span>
                </span>
                {isIn(id) && !mayTakeOut(id) && <span className="quiet">In it</span>}
                {isIn(id) && mayTakeOut(id) && (
                  <Act title="Take out" about={`Take ${name} out`} busy={out.isPending} act={() => out.mutate(id)} />
                )}
                {!isIn(id) && (
                  <Act title="Share" about={`Share with ${name}`} busy={share.isPending} act={() => share.mutate(id)} />
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </>
  );
}

function Act(props: {
  readonly title: string;
  readonly about: string;
  readonly busy: boolean;
  readonly act: () => void;
}) {
  return (
    <Button size="xs" variant="default" loading={props.busy} aria-label={props.about} onClick={props.act}>
      {props.title}
    </Button>
  );
}
