import { ChartColumn, RotateCw } from 'lucide-react';
import { useLocation, useSearch } from 'wouter';
import type { Activity } from '../../api/index.ts';
import { useStoreInfo } from '../client/store-info.ts';
import { Button } from '../parts/button.tsx';
import { conversationAddress } from '../parts/conversation-address.ts';
import { ConversationPicker } from '../parts/conversation-picker.tsx';
import { EmptyState, ErrorNotice } from '../parts/notices.tsx';
import { Progress } from '../parts/progress.tsx';
import { Panel, View } from '../parts/view.tsx';
import { CalendarChart } from './calendar-chart.tsx';
import { GrowthChart } from './growth-chart.tsx';
import { SendersChart } from './senders-chart.tsx';
import { SummaryFigures } from './summary-figures.tsx';
import { useActivity } from './use-activity.ts';
import { WeekChart } from './week-chart.tsx';

/** `/pictures`, `/pictures?conversation=ID`: when and by whom messages were sent. */
export function PicturesView() {
  const conversation = new URLSearchParams(useSearch()).get('conversation') || undefined;
  const [, navigate] = useLocation();
  const timeZone = useStoreInfo()?.timeZone;
  const { data, error, progress, isFetching, refetch } = useActivity(conversation);
  const choose = (id: string) =>
    navigate(id ? `/pictures?${new URLSearchParams({ conversation: id })}` : '/pictures');
  return (
    <View
      title="Pictures"
      description={timeZone && `Days and hours are those of ${timeZone}.`}
      actions={
        <>
          <ConversationPicker label="Pictures of" value={conversation ?? ''} onChange={choose} />
          <Button icon={RotateCw} isBusy={isFetching} onClick={() => void refetch()}>
            Draw again
          </Button>
        </>
      }
    >
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {isFetching && !data && (
        <Panel>
          <Progress label="Reading messages" done={progress?.done ?? 0} total={progress?.total} />
        </Panel>
      )}
      {data && <Pictures key={conversation} activity={data} conversation={conversation} />}
    </View>
  );
}

interface PicturesProps {
  readonly activity: Activity;
  readonly conversation: string | undefined;
}

function Pictures({ activity, conversation }: PicturesProps) {
  const [, navigate] = useLocation();
  const { days, weekHours, senders, otherSenders } = activity;
  if (activity.messages === 0) {
    return (
      <EmptyState icon={ChartColumn} title="No messages">
        There is nothing to draw yet.
      </EmptyState>
    );
  }
  const openDay =
    conversation === undefined
      ? undefined
      : (day: string) => navigate(`${conversationAddress(conversation)}?from=${day}`);
  return (
    <>
      <Panel>
        <SummaryFigures activity={activity} />
      </Panel>
      {days.length > 0 && <CalendarChart days={days} onOpenDay={openDay} />}
      {days.length > 0 && <WeekChart weekHours={weekHours} />}
      <SendersChart
        senders={senders}
        otherSenders={otherSenders}
        title={conversation === undefined ? 'Messages by conversation' : 'Messages by sender'}
        what={conversation === undefined ? 'Conversation' : 'Sender'}
      />
      {days.length > 0 && <GrowthChart days={days} />}
    </>
  );
}
