import { type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { useServerEvents } from '../client/server-events.ts';
import styles from './frame.module.css';
import { Header } from './header.tsx';
import { Navigation } from './navigation.tsx';

/** Header and navigation around every view. */
export function Frame({ children }: { readonly children: ReactNode }) {
  useServerEvents();
  const main = useFocusOnArrival();
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#main">
        Skip to the content
      </a>
      <Header />
      <div className={styles.middle}>
        <Navigation />
        <main id="main" ref={main} tabIndex={-1} className={styles.main}>
          {children}
        </main>
      </div>
    </div>
  );
}

/** A new address begins at the heading of its view, for the keyboard and for screen readers. */
function useFocusOnArrival() {
  const main = useRef<HTMLElement>(null);
  const [location] = useLocation();
  const last = useRef(location);
  useEffect(() => {
    if (last.current === location) return;
    last.current = location;
    const heading = main.current?.querySelector('h1');
    if (heading && !heading.hasAttribute('tabindex')) heading.tabIndex = -1;
    heading?.focus({ preventScroll: true });
  }, [location]);
  return main;
}
