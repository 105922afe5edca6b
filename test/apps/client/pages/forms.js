import Form from "next/form";
import Probe from "../components/Probe";

export default function Forms() {
  return (
    <Probe name="forms">
      <Form id="plain" action="/ssp">
        <input name="q" defaultValue="a b" />
        <input name="q" defaultValue="c&d" />
        <button id="plain-go" name="by" value="button">go</button>
        <button id="elsewhere" formAction="/static?dropped=1">elsewhere</button>
        <button id="posts" formMethod="post">post</button>
        <button id="encoded" formEncType="multipart/form-data" formAction="/static">encoded</button>
      </Form>
      <Form id="replacing" action="/static?gone=1#far" replace scroll={false}>
        <input type="checkbox" name="on" defaultChecked />
        <input type="file" name="file" />
        <button id="replacing-go">go</button>
      </Form>
      <Form id="stopped" action="/static" onSubmit={(e) => (window.log.push("onSubmit"), e.preventDefault())}>
        <button id="stopped-go">go</button>
      </Form>
      <Form id="disallowed" action="/static" method="post" target="_blank" encType="text/plain">
        <button id="disallowed-go">go</button>
      </Form>
      <Form id="function" action={(data) => window.log.push("action " + data.get("f"))}>
        <input name="f" defaultValue="v" />
        <button id="function-go">go</button>
      </Form>
      <Form id="outside" action="http://out.localhost:1/x">
        <button id="outside-go">go</button>
      </Form>
    </Probe>
  );
}
