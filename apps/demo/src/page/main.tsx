import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { hasToken, RequestError } from './client/request.ts';
import { App } from './shell/app.tsx';
import { NoToken } from './shell/no-token.tsx';
import './theme.css';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // the server is on this machine: it is there without a network, too
      networkMode: 'always',
      // what was refused is refused again
      retry: (failures, error) => !(error instanceof RequestError) && failures < 2,
    },
    mutations: { networkMode: 'always' },
  },
});

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>{hasToken ? <App /> : <NoToken />}</QueryClientProvider>
    </StrictMode>,
  );
}
