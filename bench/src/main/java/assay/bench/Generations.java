package assay.bench;

import assay.engine.infer.BusyException;
import assay.engine.infer.Engine;
import assay.engine.infer.GenerationListener;
import assay.engine.infer.GenerationRequest;
import assay.engine.infer.GenerationResult;
import assay.engine.infer.PickedToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Asks an engine in this process and waits for the whole answer. */
public final class Generations {
    private Generations() {}

    /** One answer. */
    public static GenerationResult one(Engine engine, GenerationRequest request) throws IOException {
        return all(engine, List.of(request)).getFirst();
    }

    /** The same request of so many clients at once. */
    public static List<GenerationResult> many(Engine engine, GenerationRequest request, int clients)
            throws IOException {
        return all(engine, Collections.nCopies(clients, request));
    }

    /** Answers to requests that come all at once. */
    public static List<GenerationResult> all(Engine engine, List<GenerationRequest> requests) throws IOException {
        List<CompletableFuture<GenerationResult>> pending = new ArrayList<>();
        for (GenerationRequest request : requests) {
            CompletableFuture<GenerationResult> result = new CompletableFuture<>();
            try {
                engine.submit(request, new Waiting(result));
            } catch (BusyException e) {
                throw new IOException(e);
            }
            pending.add(result);
        }
        List<GenerationResult> results = new ArrayList<>();
        for (CompletableFuture<GenerationResult> one : pending) {
            results.add(await(one));
        }
        return results;
    }

    private static GenerationResult await(CompletableFuture<GenerationResult> result) throws IOException {
        try {
            return result.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException("the engine failed", e);
        }
    }

    private record Waiting(CompletableFuture<GenerationResult> result) implements GenerationListener {
        @Override
        public void started(int cached) {}

        @Override
        public boolean token(int choice, PickedToken token) {
            return true;
        }

        @Override
        public void done(GenerationResult generated) {
            result.complete(generated);
        }

        @Override
        public void failed(Throwable why) {
            result.completeExceptionally(why);
        }
    }
}
