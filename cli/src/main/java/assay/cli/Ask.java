package assay.cli;

import assay.client.Answer;
import assay.client.Client;
import assay.client.ClientException;
import assay.client.Question;
import assay.client.Quote;
import assay.client.Standing;
import assay.core.base.Amount;
import assay.core.base.Counted;
import assay.core.base.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code assay ask}: one question, one answer, and what vouches for it. */
@Command(
        name = "ask",
        sortOptions = false,
        header = "Ask a question; the answer is paid, receipted, and replayed by an auditor.",
        description = {
            "%nUses the network that runs on this machine (assay up), or one of its own for this question.",
            "What is piped in is read after the question. The answer goes to standard output, the rest"
                    + " to standard error.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  assay ask \"Why is the sky blue?\"",
            "  git diff | assay ask --max-tokens 80 \"Write a commit message.\"",
            "  assay ask --temperature 0.7 --seed 1 --receipt poem.receipt \"Write a poem.\"",
            "  assay ask --ledger http://127.0.0.1:26657#GENESIS \"Why is the sky blue?\"",
            "  assay ask --json \"What is 6 times 7?\"",
        },
        exitCodeList = {
            "0:answered, and nothing speaks against the answer",
            "1:it failed, or the answer failed its audit",
            "2:the command was written wrongly",
        })
final class Ask implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Assay assay;

    @Parameters(arity = "0..*", paramLabel = "QUESTION", description = "The question; quotes are not needed.")
    private List<String> words = new ArrayList<>();

    @Mixin
    private AnswerOptions options = new AnswerOptions();

    @Mixin
    private LedgerOption ledger = new LedgerOption();

    Ask(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Mistake, MalformedException {
        Screen screen = assay.screen();
        options.maxCost();
        options.sampling();
        Session.Wish wish = options.wish();
        String prompt = Prompt.read(words, System.in, !screen.inIsTerminal());
        Path home = assay.folders().data();
        if (ledger.isGiven()) {
            return new NetworkAsk(assay, ledger.open(home), home).ask(options, options.model(), prompt);
        }
        try (Session session = Session.open(assay, home, wish)) {
            if (session.first()) {
                welcome(screen, home);
            }
            List<Question.Message> messages = new ArrayList<>();
            options.system().ifPresent(s -> messages.add(new Question.Message("system", s)));
            messages.add(new Question.Message("user", prompt));
            return ask(session, question(options, session.model(), messages));
        }
    }

    static void welcome(Screen screen, Path home) {
        screen.err()
                .println(screen.faintOnErr(
                        "a network of your own was set up in " + Footer.brief(home) + ": a local faucet funded its"
                                + " wallet with\nplay money, which is worth nothing elsewhere (assay wallet)"));
    }

    /** The question that these options and messages make. */
    static Question question(AnswerOptions options, String model, List<Question.Message> messages) throws Mistake {
        OptionalLong seed = options.seed();
        return new Question(
                model,
                messages,
                options.sampling(),
                seed.isPresent() ? Optional.of(seed.getAsLong()) : Optional.empty());
    }

    private int ask(Session session, Question question) throws IOException, InterruptedException, Mistake {
        Screen screen = assay.screen();
        Client client = session.client();
        Answer answer;
        AtomicLong firstAt = new AtomicLong();
        Thread cut = Thread.ofPlatform()
                .unstarted(() -> screen.err().println("\nstopped; what was said until here is billed and receipted"));
        try {
            refuseIfDearer(client, question, options);
            Runtime.getRuntime().addShutdownHook(cut);
            answer = client.ask(question, text -> {
                firstAt.compareAndSet(0, System.nanoTime());
                if (!assay.json()) {
                    screen.out().print(text);
                    screen.out().flush();
                }
            });
        } catch (ClientException e) {
            throw refused(e);
        } finally {
            forget(cut);
        }
        if (!assay.json()) {
            screen.out().println();
        }
        Path receipt = keep(client, answer);
        Optional<Standing> audit = Optional.empty();
        if (!options.noWait()) {
            session.audit();
            screen.passing(assay.json() ? "" : screen.faintOnErr("  replaying…"));
            audit = Optional.of(client.awaitAudit(answer.receiptId(), PATIENCE));
            screen.passing("");
        }
        OptionalLong began = firstAt.get() == 0 ? OptionalLong.empty() : ProcessAge.millisAt(firstAt.get());
        Footer footer = new Footer(answer, audit, receipt, began);
        if (assay.json()) {
            screen.json(footer.json());
        } else {
            footer.print(screen, assay.verbose());
        }
        return footer.failed() ? Exit.FAILED : Exit.OK;
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process ends already, and the hook has said so.
        }
    }

    /** Refuses before anything is paid. */
    static void refuseIfDearer(Client client, Question question, AnswerOptions options)
            throws IOException, InterruptedException, Mistake {
        Optional<Amount> most = options.maxCost();
        if (most.isEmpty()) {
            return;
        }
        Quote quote = client.quote(question);
        if (most.get().isBelow(quote.worstCase())) {
            throw new Mistake(
                    "it may cost up to " + quote.worstCase() + ", more than " + most.get()
                            + "; nothing was asked and nothing is paid",
                    "it would read " + Counted.of(quote.promptTokens(), "token") + " and write up to "
                            + quote.maxTokens() + ": lower --max-tokens, or raise --max-cost",
                    Exit.FAILED);
        }
    }

    /** A node's refusal in words for a person. */
    static Mistake refused(ClientException e) {
        String advice =
                switch (e.code()) {
                    case "context_length_exceeded" -> "ask less, lower --max-tokens, or raise --ctx";
                    case "insufficient_quota" ->
                        "what it has: assay wallet; more play money: assay wallet faucet; its daily limit: assay wallet limit";
                    case "rate_limit_exceeded" -> "wait a little and ask again";
                    case "invalid_api_key" -> "the running network belongs to another home: is ASSAY_HOME right?";
                    case "cut_off", "unreachable" -> "what was sent is receipted when the network starts again";
                    default -> "";
                };
        String message = String.valueOf(e.getMessage());
        return new Mistake(
                message.endsWith(".") ? message.substring(0, message.length() - 1) : message, advice, Exit.FAILED);
    }

    /** Where the receipt's file is: the one asked for, or the node's own. */
    private Path keep(Client client, Answer answer) throws IOException, InterruptedException {
        Optional<Path> wanted = options.receipt();
        if (wanted.isPresent()) {
            Files.write(wanted.get(), answer.file());
            return wanted.get();
        }
        return Footer.nodesFile(client, answer);
    }
}
