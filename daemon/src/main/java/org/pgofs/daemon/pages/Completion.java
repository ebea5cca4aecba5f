package org.pgofs.daemon.pages;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.pgofs.daemon.CommandNames;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The script by which bash, and zsh with it, completes the commands, their options, and names of mounts and images. */
final class Completion {
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])(--[a-z][a-z-]*)( [A-Z]+)?");

    private final StringBuilder script = new StringBuilder();

    private Completion() {}

    /**
     * Makes the script.
     *
     * @param root the command with all subcommands
     * @param others what the launcher does without it: the help text of each command, by its name
     */
    static String of(CommandLine root, Map<String, String> others) {
        Completion completion = new Completion();
        completion.head(CommandNames.all(root));
        CommandNames.visible(root)
                .forEach(name ->
                        completion.command(name, root.getSubcommands().get(name).getCommandSpec()));
        others.forEach(completion::command);
        return completion.tail();
    }

    private void head(List<String> names) {
        script.append(
                """
                # Completion of pgofs for bash. Made by the build out of what --help says.

                # A blank in a path is \\040 there.
                _pgofs_mounts() { awk '$3 == "fuse.pgofs" { print $2 }' /proc/mounts; }

                # One that does not answer must not keep the terminal waiting.
                _pgofs_images() {
                  local mount
                  for mount in $(_pgofs_mounts); do timeout 1 ls "$mount/pgo/images" 2>/dev/null; done
                }

                # What may stand here: mounts, images, files, directories, =WORD, or nothing that is known.
                _pgofs_words() {
                  case $1 in
                    mounts) _pgofs_mounts ;;
                    images) _pgofs_images ;;
                  esac
                }

                _pgofs_complete() {
                  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} i
                  local command= options= value=none words=none
                  COMPREPLY=()
                  for ((i = 1; i < COMP_CWORD; i++)); do
                    case ${COMP_WORDS[i]} in
                      -*) ;;
                      *)
                        command=${COMP_WORDS[i]}
                        break
                        ;;
                    esac
                  done
                  case $command in
                    '') options='%s --help --version' ;;
                """
                        .formatted(String.join(" ", names)));
    }

    /** Its own subcommands stand among its options, and so do theirs. */
    private void command(String name, CommandSpec spec) {
        Set<String> options = new LinkedHashSet<>();
        Set<String> values = new LinkedHashSet<>();
        add(name, spec, options, values);
        CommandNames.visible(spec.commandLine()).forEach(part -> {
            options.add(part);
            add(name, spec.subcommands().get(part).getCommandSpec(), options, values);
        });
        String words = spec.positionalParameters().stream()
                .map(word -> kind(name, word))
                .filter(kind -> !kind.equals("none"))
                .distinct()
                .reduce((one, other) -> one + " " + other)
                .orElse("none");
        command(name, options, values, words);
    }

    private static void add(String name, CommandSpec spec, Set<String> options, Set<String> values) {
        for (OptionSpec option : spec.options()) {
            if (!option.hidden()) {
                options.addAll(List.of(option.names()));
                if (option.arity().max() > 0) {
                    values.add(value(
                            String.join("|", option.names()),
                            option.completionCandidates() == null
                                    ? kind(name, option)
                                    : choice(option.completionCandidates())));
                }
            }
        }
    }

    /** One of which only the help is known, in which options are named with their values. */
    private void command(String name, String help) {
        Set<String> options = new LinkedHashSet<>();
        Set<String> values = new LinkedHashSet<>();
        Matcher option = OPTION.matcher(help);
        while (option.find()) {
            if (options.add(option.group(1)) && option.group(2) != null) {
                values.add(value(option.group(1), kind(option.group(2).strip())));
            }
        }
        command(name, options, values, "files");
    }

    private void command(String name, Set<String> options, Set<String> values, String words) {
        script.append("    %s)\n      options='%s' words='%s'\n".formatted(name, String.join(" ", options), words));
        if (!values.isEmpty()) {
            script.append("      case $previous in\n");
            values.forEach(script::append);
            script.append("      esac\n");
        }
        script.append("      ;;\n");
    }

    /** One of some words. */
    private static String choice(Iterable<String> words) {
        return StreamSupport.stream(words.spliterator(), false)
                .map(word -> "=" + word)
                .collect(Collectors.joining(" "));
    }

    private static String value(String names, String kind) {
        return "        %s) value='%s' ;;\n".formatted(names, kind.equals("none") ? "other" : kind);
    }

    private static String kind(String command, ArgSpec argument) {
        String kind = kind(argument.paramLabel());
        return command.equals("mount") && kind.equals("mounts") ? "directories" : kind;
    }

    /** What a word is, by how the help calls it. */
    private static String kind(String label) {
        return switch (label) {
            case "MOUNTPOINT" -> "mounts";
            case "DIR" -> "directories";
            case "NAME", "NAME|PID", "IMAGE" -> "images";
            case "A", "B" -> "files";
            default -> label.matches("(FILE|PROGRAM|PROFILE|PROFDATA|SCRIPT|FRAGMENT).*") ? "files" : "none";
        };
    }

    private String tail() {
        return script.append(
                        """
                          esac
                          local kind kinds=$words
                          if [ "$value" != none ]; then
                            options=''
                            kinds=$value
                          fi
                          COMPREPLY=($(compgen -W "$options" -- "$current"))
                          for kind in $kinds; do
                            case $kind in
                              files) COMPREPLY+=($(compgen -f -- "$current")) ;;
                              =*) COMPREPLY+=($(compgen -W "${kind#=}" -- "$current")) ;;
                              directories) COMPREPLY+=($(compgen -d -- "$current")) ;;
                              *) COMPREPLY+=($(compgen -W "$(_pgofs_words "$kind")" -- "$current")) ;;
                            esac
                          done
                          # Options only where they begin with a dash, or nothing else can stand.
                          if [ -n "$command" ] && [ "$kinds" != none ] && [[ $current != -* ]]; then
                            local all=("${COMPREPLY[@]}") word
                            COMPREPLY=()
                            for word in "${all[@]}"; do [[ $word == -* ]] || COMPREPLY+=("$word"); done
                          fi
                        }

                        complete -o filenames -F _pgofs_complete pgofs
                        """)
                .toString();
    }
}
