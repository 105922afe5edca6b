import type { InferGetStaticPropsType } from "next";
import { addDays, format, formatDistance, parseISO } from "date-fns";
import { de } from "date-fns/locale";
import dayjs from "dayjs";
import relativeTime from "dayjs/plugin/relativeTime";
import utc from "dayjs/plugin/utc";
import "dayjs/locale/de";

dayjs.extend(relativeTime);
dayjs.extend(utc);

export default function Page({ built }: InferGetStaticPropsType<typeof getStaticProps>) {
  const day = parseISO("2024-02-28T12:00:00");
  return (
    <ul>
      <li id="fns">{format(addDays(day, 2), "EEEE, d MMMM yyyy", { locale: de })}</li>
      <li id="distance">{formatDistance(day, addDays(day, 3))}</li>
      <li id="dayjs">{dayjs.utc("2024-02-28").locale("de").format("D. MMMM YYYY")} {dayjs("2024-02-28").from("2024-02-29")}</li>
      <li id="built">{built}</li>
    </ul>
  );
}

export const getStaticProps = async () => ({ props: { built: format(new Date(2020, 0, 2), "yyyy-MM-dd") } });
