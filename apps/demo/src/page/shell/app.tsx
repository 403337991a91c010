import { Route, Switch } from 'wouter';
import { BackupsView } from '../backups/backups-view.tsx';
import { ConversationsView } from '../conversations/conversations-view.tsx';
import { HealthView } from '../health/health-view.tsx';
import { PicturesView } from '../pictures/pictures-view.tsx';
import { SearchView } from '../search/search-view.tsx';
import { WorkView } from '../work/work-view.tsx';
import { Frame } from './frame.tsx';

/** Which view an address shows. */
export function App() {
  return (
    <Frame>
      <Switch>
        <Route path="/search" component={SearchView} />
        <Route path="/work" component={WorkView} />
        <Route path="/backups" component={BackupsView} />
        <Route path="/health" component={HealthView} />
        <Route path="/pictures" component={PicturesView} />
        {/* `/` and `/c/:id` */}
        <Route path="/*?" component={ConversationsView} />
      </Switch>
    </Frame>
  );
}
