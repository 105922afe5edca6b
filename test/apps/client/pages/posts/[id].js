import Probe from "../../components/Probe";

export default function Post() {
  return <Probe name="post" />;
}
