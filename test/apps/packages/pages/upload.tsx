import { useState } from "react";

export default function Page() {
  const [answer, setAnswer] = useState("");
  const send = async (url: string) => {
    const form = new FormData();
    form.append("title", "notes");
    form.append("file", new Blob(["some text"], { type: "text/plain" }), "notes.txt");
    setAnswer(await (await fetch(url, { method: "POST", body: form })).text());
  };
  return (
    <>
      <button id="formidable" onClick={() => send("/api/formidable")}>formidable</button>
      <button id="multer" onClick={() => send("/api/multer")}>multer</button>
      <p id="answer">{answer}</p>
    </>
  );
}
