import type { Nodes, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { createElement, useMemo, type ReactNode } from 'react';
import { Code } from './code.tsx';

const TAGS: Readonly<Record<string, string>> = {
  paragraph: 'p',
  emphasis: 'em',
  strong: 'strong',
  blockquote: 'blockquote',
  listItem: 'li',
  break: 'br',
  thematicBreak: 'hr',
};

/**
 * CommonMark as elements of React: no HTML of anybody's is ever one of ours. Images are links: what is shown here loads
 * nothing from elsewhere.
 */
export default function Markdown(props: { readonly text: string }) {
  const tree = useMemo(() => fromMarkdown(props.text), [props.text]);
  return <>{tree.children.map(view)}</>;
}

function view(node: RootContent, key: number): ReactNode {
  if (node.type === 'link') return leadAway(key, node.url, inside(node));
  if (node.type === 'image') return leadAway(key, node.url, node.alt ?? 'image');
  if (node.type === 'list') return createElement(node.ordered === true ? 'ol' : 'ul', { key }, inside(node));
  if (node.type === 'heading')
    return (
      <p key={key}>
        <strong>{inside(node)}</strong>
      </p>
    );
  const tag = TAGS[node.type];
  if (tag !== undefined) return createElement(tag, { key }, 'children' in node ? inside(node) : undefined);
  return 'value' in node ? written(node, key) : inside(node);
}

/** What has no parts but a text. HTML is the text that it is. */
function written(node: Extract<RootContent, { readonly value: string }>, key: number): ReactNode {
  if (node.type === 'inlineCode') return <code key={key}>{node.value}</code>;
  if (node.type !== 'code') return node.value;
  return <Code key={key} text={node.value} lang={node.lang ?? undefined} />;
}

const inside = (node: Nodes): ReactNode => ('children' in node ? node.children.map(view) : null);

/** Leads only to where a browser shows a page. */
function leadAway(key: number, url: string, children: ReactNode): ReactNode {
  if (!/^https?:\/\//i.test(url)) return children;
  return (
    <a key={key} href={url} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}
