import type { CallToolResult } from '@modelcontextprotocol/client';
import { sizeOf } from '../../files/policy.ts';

type Block = CallToolResult['content'][number];

/** What a server returned, as text: words as they are, everything else described. Pure. */
export function resultText({ content, structuredContent }: CallToolResult): string {
  const parts = content.map(described).filter((part) => part !== '');
  const hasText = content.some(({ type }) => type === 'text');
  // Servers say the same as text; some say nothing else.
  if (structuredContent !== undefined && !hasText) parts.push(JSON.stringify(structuredContent));
  return parts.length === 0 ? 'Done; nothing was returned.' : parts.join('\n');
}

function described(block: Block): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'image':
    case 'audio':
      return `(${block.type === 'image' ? 'an image' : 'a recording'}, ${block.mimeType}, ${bytesOf(block.data)}: it is not shown here)`;
    case 'resource_link':
      return `(a link: ${[block.title ?? block.name, block.uri, block.description].filter(Boolean).join(', ')})`;
    case 'resource': {
      const { resource } = block;
      return 'text' in resource
        ? `${resource.uri}:\n${resource.text}`
        : `(a file, ${resource.uri}, ${resource.mimeType ?? 'type unknown'}, ${bytesOf(resource.blob)}: it is not shown here)`;
    }
    default:
      return '(something that is not known here)';
  }
}

const bytesOf = (base64: string): string => sizeOf(Math.floor((base64.replace(/=+$/, '').length * 3) / 4));
