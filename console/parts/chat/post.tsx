import { ActionIcon, Button, Group } from '@mantine/core';
import { IconFile, IconMessage2, IconThumbDown, IconThumbUp } from '@tabler/icons-react';
import { useState } from 'react';
import { fileAt, judge, type Post, type PostFile } from '../../api/chat.ts';
import { Copy } from '../copy.tsx';
import { When } from '../time.tsx';
import { useAct } from '../use-act.ts';
import { Words } from '../words.tsx';
import { CardView } from './card.tsx';
import { Comments } from './comments.tsx';

const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** What somebody said, or what the bot answers. */
export function PostView(props: { readonly post: Post; readonly chat: string; readonly you: string }) {
  const { post, chat, you } = props;
  const { kind, author, authorName, sentAt, text, card, files, removed, heard } = post;
  const isOwn = author === you;
  return (
    <article className="chat-post" data-kind={kind} data-own={isOwn} aria-label={`${authorName} said`}>
      <header>
        <strong>{isOwn ? 'You' : authorName}</strong>
        <When at={sentAt} />
        {kind === 'past' && <span className="quiet">said before</span>}
        {post.private && <span className="quiet">only you see this</span>}
        {!heard && <span className="quiet">on its way…</span>}
      </header>
      {removed ? <p className="quiet flat">Taken back</p> : <Words text={text} revealed length={null} />}
      {card !== null && <CardView card={card} chat={chat} post={post.id} />}
      {files.length > 0 && (
        <ul className="plain chat-files">
          {files.map((file) => (
            <li key={file.id}>
              <FileView file={file} chat={chat} />
            </li>
          ))}
        </ul>
      )}
      {kind === 'bot' && !removed && !post.private && <Foot post={post} chat={chat} />}
    </article>
  );
}

function FileView({ file, chat }: { readonly file: PostFile; readonly chat: string }) {
  const at = fileAt(chat, file);
  return (
    <a href={at} download={file.name} className="chat-file">
      {PICTURES.has(file.mediaType) ? <img src={at} alt={file.name} loading="lazy" /> : <IconFile size={18} />}
      <span>
        {file.name} <span className="quiet">{Math.ceil(file.size / 1024)} KB</span>
      </span>
    </a>
  );
}

const JUDGING = [
  ['good', 'This was helpful', IconThumbUp],
  ['bad', 'This was not helpful', IconThumbDown],
] as const;

/** What can be done with an answer. */
function Foot({ post, chat }: { readonly post: Post; readonly chat: string }) {
  const [verdict, setVerdict] = useState<'good' | 'bad' | null>(null);
  const [isOpen, setOpen] = useState(false);
  const act = useAct((said: 'good' | 'bad' | null) => judge(chat, post.id, said).then(() => said), {
    changes: [],
    after: setVerdict,
  });
  return (
    <>
      <Group gap={4} className="chat-foot">
        <Copy text={post.text} what="the answer" />
        {JUDGING.map(([said, label, Icon]) => (
          <ActionIcon
            key={said}
            variant={verdict === said ? 'filled' : 'subtle'}
            color={verdict === said ? 'petrol' : 'gray'}
            size="sm"
            aria-label={label}
            aria-pressed={verdict === said}
            title={label}
            onClick={() => act.mutate(verdict === said ? null : said)}
          >
            <Icon size={15} />
          </ActionIcon>
        ))}
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconMessage2 size={15} />}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {post.comments === 0 ? 'Comment' : `${post.comments} ${post.comments === 1 ? 'comment' : 'comments'}`}
        </Button>
      </Group>
      {isOpen && <Comments chat={chat} post={post} />}
    </>
  );
}
