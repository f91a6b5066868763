import type { Heading, List, ListItem, Nodes, RootContent, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { createElement, Fragment, useMemo, type ReactNode } from 'react';
import { Code } from './code.tsx';

/** As the hub reads what models write. */
const READING = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] };

const TAGS: Readonly<Record<string, string>> = {
  paragraph: 'p',
  emphasis: 'em',
  strong: 'strong',
  delete: 's',
  blockquote: 'blockquote',
  break: 'br',
  thematicBreak: 'hr',
};

/**
 * Markdown of GitHub's kind as elements of React: no HTML of anybody's is ever one of ours. Images are links: what is shown here loads
 * nothing from elsewhere.
 */
export default function Markdown(props: { readonly text: string }) {
  const tree = useMemo(() => fromMarkdown(props.text, READING), [props.text]);
  return <>{tree.children.map(view)}</>;
}

function view(node: RootContent, key: number): ReactNode {
  if (node.type === 'link') return leadAway(key, node.url, inside(node));
  if (node.type === 'image') return leadAway(key, node.url, node.alt ?? 'image');
  if (node.type === 'list') return list(node, key);
  if (node.type === 'listItem') return item(node, key);
  if (node.type === 'table') return table(node, key);
  if (node.type === 'heading') return heading(node, key);
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

/** The page has headings of its own. */
function heading(node: Heading, key: number): ReactNode {
  return (
    <p key={key}>
      <strong>{inside(node)}</strong>
    </p>
  );
}

function list(node: List, key: number): ReactNode {
  if (node.ordered !== true) return <ul key={key}>{inside(node)}</ul>;
  return (
    <ol key={key} start={node.start ?? 1}>
      {inside(node)}
    </ol>
  );
}

/** Of a list of tasks, whether it is done. Where there is no empty line in between, its words stand in its own line. */
function item(node: ListItem, key: number): ReactNode {
  const { checked, spread, children } = node;
  const parts = children.map((part, index) =>
    spread !== true && part.type === 'paragraph' ? <Fragment key={index}>{inside(part)}</Fragment> : view(part, index),
  );
  return (
    <li key={key}>
      {typeof checked === 'boolean' && (
        <span role="img" aria-label={checked ? 'Done' : 'Not done'}>
          {checked ? '☑ ' : '☐ '}
        </span>
      )}
      {parts}
    </li>
  );
}

/** Its first row is its head. It is as wide as it is, in a box that can be moved by the keyboard as well. */
function table({ children }: Table, key: number): ReactNode {
  const [head, ...rows] = children;
  return (
    <div key={key} className="words-table" role="region" aria-label="Table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head?.children.map((cell, index) => (
              <th key={index} scope="col">
                {inside(cell)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.children.map((cell, place) => (
                <td key={place}>{inside(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
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
