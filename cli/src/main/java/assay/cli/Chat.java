package assay.cli;

import assay.client.Answer;
import assay.client.Client;
import assay.client.ClientException;
import assay.client.Question;
import assay.client.Standing;
import assay.core.base.MalformedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code assay chat}: a conversation; every answer is paid, receipted and replayed. */
@Command(
        name = "chat",
        sortOptions = false,
        header = "Talk with a model; every answer is paid, receipted and replayed.",
        description = {
            "%nCtrl-C stops an answer; Ctrl-D, or Ctrl-C twice, ends the conversation. In it:",
            "  @|bold /receipt|@  where the last answer's receipt is",
            "  @|bold /new|@      forget what was said",
            "  @|bold /help|@     these lines",
            "  @|bold /exit|@     end%n",
        },
        footerHeading = "%nExamples:%n",
        footer = {"  assay chat", "  assay chat --system \"You are terse.\" --temperature 0.7"})
final class Chat implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Assay assay;
    private final List<Question.Message> messages = new ArrayList<>();

    @Mixin
    private AnswerOptions options = new AnswerOptions();

    private @Nullable Footer last;
    private boolean failed;

    Chat(Assay assay) {
        this.assay = assay;
    }

    /** Where lines come from: a person at a terminal, or a pipe. */
    private interface Lines extends AutoCloseable {
        /** The next line; null at the end, which a second Ctrl-C in a row is too; empty after the first. */
        @Nullable
        String next() throws IOException;

        @Override
        void close() throws IOException;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Mistake, MalformedException {
        options.sampling();
        options.maxCost();
        Path home = assay.folders().data();
        try (Session session = Session.open(assay, home, options.wish());
                Lines lines = assay.screen().inIsTerminal() ? terminal() : pipe()) {
            session.audit();
            if (session.first()) {
                Ask.welcome(assay.screen(), home);
            }
            if (assay.screen().inIsTerminal()) {
                assay.screen()
                        .err()
                        .println(assay.screen().faintOnErr(session.model() + "; /help says what can be done"));
            }
            begin();
            String line;
            while ((line = lines.next()) != null) {
                String said = line.strip();
                if (said.equals("/exit") || said.equals("/quit")) {
                    break;
                }
                if (said.startsWith("/")) {
                    command(said);
                } else if (!said.isEmpty()) {
                    say(session, said);
                }
            }
        }
        return failed ? Exit.FAILED : Exit.OK;
    }

    private void begin() {
        messages.clear();
        options.system().ifPresent(s -> messages.add(new Question.Message("system", s)));
    }

    private void command(String said) {
        Screen screen = assay.screen();
        switch (said) {
            case "/new" -> begin();
            case "/receipt" -> {
                Footer footer = last;
                screen.out()
                        .println(
                                footer == null
                                        ? "there is no answer yet"
                                        : "assay verify " + Footer.brief(footer.receipt()));
            }
            case "/help" ->
                screen.out()
                        .println("/receipt  where the last answer's receipt is\n/new      forget what was said\n"
                                + "/exit     end (or Ctrl-D)\nCtrl-C    stop an answer; twice, end");
            default -> screen.err().println("there is no " + said + "; /help says what there is");
        }
    }

    private void say(Session session, String said) throws IOException {
        messages.add(new Question.Message("user", said));
        StringBuilder heard = new StringBuilder();
        Screen screen = assay.screen();
        try {
            answer(session, heard);
        } catch (InterruptedException e) {
            screen.out().println();
            screen.err().println(screen.faintOnErr("stopped; what was said until here is billed and receipted"));
            remember(heard.toString());
        } catch (ClientException e) {
            remember(heard.toString());
            tell(Ask.refused(e));
        } catch (Mistake e) {
            remember("");
            tell(e);
        }
    }

    private void tell(Mistake mistake) {
        Screen screen = assay.screen();
        screen.err().println(screen.redOnErr("assay: ") + mistake.getMessage());
        if (!mistake.advice().isEmpty()) {
            screen.err().println("  " + mistake.advice());
        }
    }

    /** What was heard of an answer that did not end; a question that was not answered at all is forgotten. */
    private void remember(String heard) {
        if (messages.getLast().role().equals("assistant")) {
            return;
        }
        if (heard.isEmpty()) {
            messages.removeLast();
        } else {
            messages.add(new Question.Message("assistant", heard));
        }
    }

    private void answer(Session session, StringBuilder heard) throws IOException, InterruptedException, Mistake {
        Screen screen = assay.screen();
        Client client = session.client();
        Question question = Ask.question(options, session.model(), messages);
        Ask.refuseIfDearer(client, question, options);
        Answer answer = client.ask(question, text -> {
            heard.append(text);
            screen.out().print(text);
            screen.out().flush();
        });
        screen.out().println();
        messages.add(new Question.Message("assistant", answer.text()));
        Path receipt = Footer.nodesFile(client, answer);
        last = new Footer(answer, Optional.empty(), receipt, OptionalLong.empty());
        Optional<Standing> audit =
                options.noWait() ? Optional.empty() : Optional.of(client.awaitAudit(answer.receiptId(), PATIENCE));
        Footer footer = new Footer(answer, audit, receipt, OptionalLong.empty());
        last = footer;
        failed |= footer.failed();
        footer.printShort(screen);
    }

    private static Lines pipe() {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        return new Lines() {
            @Override
            public @Nullable String next() throws IOException {
                return in.readLine();
            }

            @Override
            public void close() {}
        };
    }

    private Lines terminal() throws IOException {
        Terminal terminal = TerminalBuilder.builder().system(true).build();
        LineReader reader = LineReaderBuilder.builder().terminal(terminal).build();
        Thread talking = Thread.currentThread();
        return new Lines() {
            private boolean wasIdle;

            @Override
            public @Nullable String next() {
                boolean again = wasIdle;
                wasIdle = false;
                try {
                    return reader.readLine("> ");
                } catch (UserInterruptException e) {
                    wasIdle = e.getPartialLine().isEmpty();
                    if (wasIdle && !again) {
                        assay.screen().err().println(assay.screen().faintOnErr("Ctrl-C again, or /exit, to leave"));
                    }
                    return wasIdle && again ? null : "";
                } catch (EndOfFileException e) {
                    return null;
                } finally {
                    Thread.interrupted();
                    terminal.handle(Terminal.Signal.INT, signal -> talking.interrupt());
                }
            }

            @Override
            public void close() throws IOException {
                terminal.close();
            }
        };
    }
}
