import java.nio.file.Path;
import org.apache.solr.embedded.JettyConfig;
import org.apache.solr.embedded.JettySolrRunner;
import org.apache.zookeeper.server.ZooKeeperServerMain;

/**
 * One process of a SolrCloud for development and tests: a Solr node or ZooKeeper.
 *
 * <p>Usage: SolrNode solr HOME PORT ZOOKEEPER, or SolrNode zookeeper CONFIGURATION. With the system
 * property ereader.parent it ends when the process of that number is no more.
 */
public class SolrNode {
  public static void main(String[] args) throws Exception {
    followParent(Long.getLong("ereader.parent", 0L));
    if (args[0].equals("zookeeper")) {
      ZooKeeperServerMain.main(new String[] {args[1]});
      return;
    }
    Path home = Path.of(args[1]).toAbsolutePath();
    System.setProperty("zkHost", args[3]);
    System.setProperty("hostPort", args[2]);
    System.setProperty("solr.install.dir", home.toString());
    JettyConfig settings =
        JettyConfig.builder()
            .setContext("/solr")
            .setPort(Integer.parseInt(args[2]))
            .stopAtShutdown(true)
            .build();
    new JettySolrRunner(home.toString(), settings).start();
    Thread.currentThread().join();
  }

  private static void followParent(long parent) {
    if (parent <= 0) {
      return;
    }
    Thread watch =
        new Thread(
            () -> {
              while (ProcessHandle.of(parent).map(ProcessHandle::isAlive).orElse(false)) {
                try {
                  Thread.sleep(1000);
                } catch (InterruptedException e) {
                  return;
                }
              }
              Runtime.getRuntime().halt(3);
            });
    watch.setDaemon(true);
    watch.start();
  }
}
