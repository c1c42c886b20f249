import java.util.List;
import javax.tools.ToolProvider;
import com.sun.source.util.JavacTask;

/** Says whether files are Java, without what they import: `java Parse.java FILE...`. */
class Parse {
    public static void main(String[] files) throws Exception {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var units = compiler.getStandardFileManager(null, null, null).getJavaFileObjects(files);
        var wrong = new javax.tools.DiagnosticCollector<javax.tools.JavaFileObject>();
        ((JavacTask) compiler.getTask(null, null, wrong, List.of(), null, units)).parse();
        wrong.getDiagnostics().forEach(System.err::println);
        System.exit(wrong.getDiagnostics().isEmpty() ? 0 : 1);
    }
}
