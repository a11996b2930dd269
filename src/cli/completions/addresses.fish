
# Addresses for `explain` and --target, and what `list` takes, from the files and the snapshot at hand.
function __trunkline_addresses
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    trunkline complete -- $words[2..-1] "$last" 2>/dev/null
end
# The first word after `explain` and `list` is no file.
complete -c trunkline -n "__fish_trunkline_using_subcommand explain; and test (count (commandline -opc)) -eq 2" -f
complete -c trunkline -n "__fish_trunkline_using_subcommand list; and test (count (commandline -opc)) -eq 2" -f
complete -c trunkline -n "__fish_trunkline_using_subcommand explain list" -a "(__trunkline_addresses)"
complete -c trunkline -n "__fish_trunkline_using_subcommand plan" -l target -x -a "(__trunkline_addresses)"
complete -c trunkline -n "__fish_trunkline_using_subcommand apply" -l target -x -a "(__trunkline_addresses)"
