import { Badge } from "@components/Badge";
import table from "@/data/table.json";

enum Level {
  Low = 1,
  High,
}

interface Props {
  level?: Level;
}

export default function Deep({ level = Level.High }: Props) {
  return (
    <h1>
      deep <Badge label={Level[level]} /> {table.rows.length satisfies number}
    </h1>
  );
}
