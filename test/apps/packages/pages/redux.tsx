import { useDispatch, useSelector } from "react-redux";
import { add, sign, wrapper, type State } from "@/lib/store";

export default function Page() {
  const dispatch = useDispatch();
  const { value, from } = useSelector((state: State) => state.counter);
  return <><p id="from">{from}</p><button id="value" onClick={() => dispatch(add(1))}>{value}</button></>;
}

export const getServerSideProps = wrapper.getServerSideProps((store) => async () => {
  store.dispatch(add(40));
  store.dispatch(sign("server"));
  return { props: {} };
});
