import { useState } from "react";
import { useForm } from "react-hook-form";
import { zodResolver } from "@hookform/resolvers/zod";
import { z } from "zod";

const schema = z.object({ email: z.email("no address"), age: z.coerce.number().min(18, "too young") });

export default function Page() {
  const { register, handleSubmit, formState: { errors } } = useForm({ resolver: zodResolver(schema) });
  const [sent, setSent] = useState("");
  return (
    <form onSubmit={handleSubmit((data) => setSent(JSON.stringify(data)))}>
      <input id="email" {...register("email")} />
      <input id="age" {...register("age")} />
      <p id="errors">{[errors.email?.message, errors.age?.message].filter(Boolean).join(", ")}</p>
      <button id="send">Send</button>
      <output id="sent">{sent}</output>
    </form>
  );
}
