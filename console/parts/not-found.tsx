import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Empty } from './empty.tsx';
import { Page } from './page.tsx';

/** An address that shows nothing. */
export function NotFound() {
  return (
    <Page title="Nothing is here">
      <div className="panel">
        <Empty
          title="This page does not exist"
          next={
            <Button component={Link} to="/" variant="default">
              To the overview
            </Button>
          }
        >
          The address may be mistyped, or what it showed was removed.
        </Empty>
      </div>
    </Page>
  );
}
