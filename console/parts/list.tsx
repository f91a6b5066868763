import { Button, Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProblemView } from './problem.tsx';

export type Column<Row> = {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  readonly number?: true;
};

/** What a list needs of a query of pages. */
export type Pages<Row> = {
  readonly data: { readonly pages: readonly { readonly items: readonly Row[] }[] } | undefined;
  readonly error: unknown;
  readonly refetch: () => Promise<unknown>;
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => Promise<unknown>;
};

/** A list that grows by pages: a table, or cards on a phone. */
export function List<Row>(props: {
  readonly label: string;
  readonly pages: Pages<Row>;
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  /** Shown when there is nothing. */
  readonly empty: ReactNode;
}) {
  const { pages } = props;
  if (pages.data === undefined)
    return pages.error === null ? <Waiting /> : <ProblemView error={pages.error} retry={() => void pages.refetch()} />;
  const rows = pages.data.pages.flatMap(({ items }) => items);
  if (rows.length === 0) return props.empty;
  return (
    <>
      <Rows {...props} rows={rows} />
      {pages.hasNextPage && (
        <div style={{ padding: '0.9rem', textAlign: 'center' }}>
          <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </>
  );
}

/** The rows of a list. */
export function Rows<Row>(props: {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
}) {
  const classOf = ({ number }: Column<Row>): string | undefined => (number === true ? 'number' : undefined);
  return (
    <table className="rows" aria-label={props.label}>
      <thead>
        <tr>
          {props.columns.map((column) => (
            <th key={column.title} scope="col" className={classOf(column)}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <tr key={props.keyOf(row)}>
            {props.columns.map((column) => (
              <td key={column.title} data-label={column.title} className={classOf(column)}>
                <div>{column.cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** While something is read. */
export function Waiting() {
  return (
    <div style={{ padding: '3rem', textAlign: 'center' }}>
      <Loader size="sm" aria-label="Loading" />
    </div>
  );
}
