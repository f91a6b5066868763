import { deflateSync } from 'node:zlib';

/** A picture of one dot. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** The head of a PNG of so many pixels: enough to tell its size. */
export function pngOf(width: number, height: number): Buffer {
  const head = Buffer.from(PNG);
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return head;
}

/** A PDF with a text on each page. `trailer` is put into its trailer, `streams` are further objects that pages name. */
export function pdfOf(
  pages: readonly string[],
  more: { readonly trailer?: string; readonly content?: (text: string) => Buffer; readonly filter?: string } = {},
): Buffer {
  const content = more.content ?? ((text) => Buffer.from(`BT /F1 12 Tf 72 700 Td (${text}) Tj ET`));
  const kids = pages.map((_, index) => `${4 + index * 2} 0 R`).join(' ');
  const objects: Buffer[] = [
    Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
    Buffer.from(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`),
    Buffer.from('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'),
    ...pages.flatMap((text, index) => {
      const stream = content(text);
      const resources = '<< /Font << /F1 3 0 R >> >>';
      const filter = more.filter === undefined ? '' : ` /Filter ${more.filter}`;
      return [
        Buffer.from(
          `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${5 + index * 2} 0 R /Resources ${resources} >>`,
        ),
        Buffer.concat([
          Buffer.from(`<< /Length ${stream.length}${filter} >>\nstream\n`),
          stream,
          Buffer.from('\nendstream'),
        ]),
      ];
    }),
  ];
  const chunks = [Buffer.from('%PDF-1.4\n')];
  let size = chunks[0]?.length ?? 0;
  const offsets = objects.map((object, index) => {
    const at = size;
    const chunk = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
    chunks.push(chunk);
    size += chunk.length;
    return at;
  });
  const rows = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const count = objects.length + 1;
  const tail = `xref\n0 ${count}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${count} /Root 1 0 R ${more.trailer ?? ''} >>\nstartxref\n${size}\n%%EOF`;
  return Buffer.concat([...chunks, Buffer.from(tail)]);
}

/** One that cannot be read without a password that nobody tells. */
export function lockedPdf(): Buffer {
  const key = 'A'.repeat(64);
  const locked = `/Encrypt << /Filter /Standard /V 1 /R 2 /O <${key}> /U <${key}> /P -44 >> /ID [<00> <00>]`;
  return pdfOf(['secret'], { trailer: locked });
}

/** A small file that unpacks to `bytes` of one page's drawing. */
export function pdfBomb(bytes: number): Buffer {
  return pdfOf(['x'], { filter: '/FlateDecode', content: () => deflateSync(Buffer.alloc(bytes, ' ')) });
}

/** A page that draws its text again and again, for longer than anybody waits. */
export function endlessPdf(times: number): Buffer {
  const content = (): Buffer => deflateSync(Buffer.from('BT /F1 12 Tf 72 700 Td (spin) Tj ET\n'.repeat(times)));
  return pdfOf(['x'], { filter: '/FlateDecode', content });
}
