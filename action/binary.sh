#!/usr/bin/env bash
# Finds the program to run and says so in the output `path`: the one that the input `binary` names; else the
# archive of a release, if checksums.txt knows its checksum; else built from the sources beside this file.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=action/common.sh
. "$here/common.sh"

# Ends the step: this is the program.
found() {
  printf 'path=%s\n' "$1" >>"$GITHUB_OUTPUT"
  exit 0
}

sha256() {
  if command -v sha256sum >/dev/null; then
    sha256sum "$1" | cut -d ' ' -f 1
  else
    shasum -a 256 "$1" | cut -d ' ' -f 1
  fi
}

# Builds the version that the sources beside this file are.
build() {
  local ours started root=$RUNNER_TEMP/bursar-build
  ours=$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/../Cargo.toml" | head -n 1)
  if [ "$version" != "$ours" ]; then
    fail "action/checksums.txt knows no $archive, and the sources here are version $ours: pin the action to a commit that knows $version, or give a program by the input binary"
  fi
  if ! command -v cargo >/dev/null; then
    fail "action/checksums.txt knows no $archive, and there is no cargo to build it with: install Rust in a step before, or give a program by the input binary"
  fi
  if [ ! -x "$root/bin/$program" ]; then
    echo "There is no archive of bursar $version for $target: building it from source, which takes ten minutes or more"
    started=$SECONDS
    CARGO_TARGET_DIR=$RUNNER_TEMP/bursar-target \
      cargo install --quiet --locked --path "$here/.." --bin bursar --root "$root" || fail "bursar cannot be built from source"
    echo "Built in $((SECONDS - started)) seconds"
  fi
  found "$root/bin/$program"
}

program=bursar
if [ "${RUNNER_OS-}" = Windows ]; then
  program=bursar.exe
  # tar takes what stands before a colon for a host.
  RUNNER_TEMP=$(cygpath --unix "$RUNNER_TEMP")
fi

if [ -n "${ACTION_INPUT_BINARY-}" ]; then
  if [ ! -f "$ACTION_INPUT_BINARY" ] || [ ! -x "$ACTION_INPUT_BINARY" ]; then
    fail "the input binary is \"$ACTION_INPUT_BINARY\": there is no program"
  fi
  found "$(cd "$(dirname "$ACTION_INPUT_BINARY")" && pwd)/$(basename "$ACTION_INPUT_BINARY")"
fi

version=${ACTION_INPUT_VERSION-}
version=${version#v}
[ -n "$version" ] || version=$(cat "$here/version")
if ! [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then
  fail "the input version is \"$version\": it takes a version such as 1.2.3"
fi

case ${RUNNER_OS-}-${RUNNER_ARCH-} in
  Linux-X64) target=x86_64-unknown-linux-musl ;;
  Linux-ARM64) target=aarch64-unknown-linux-musl ;;
  macOS-X64) target=x86_64-apple-darwin ;;
  macOS-ARM64) target=aarch64-apple-darwin ;;
  # On ARM64 too: Windows runs it there.
  Windows-X64 | Windows-ARM64) target=x86_64-pc-windows-msvc ;;
  *) fail "bursar does not run on ${RUNNER_OS-} ${RUNNER_ARCH-}: it needs a runner with Linux, macOS or Windows, x86-64 or ARM64" ;;
esac
name=bursar-v$version-$target
archive=$name.tar.gz

expected=$(awk -v archive="$archive" '$2 == archive { print $1 }' "$here/checksums.txt" | sort -u)
[ -n "$expected" ] || build

folder=$RUNNER_TEMP/bursar-$version
mkdir -p "$folder"
if [ ! -f "$folder/$archive" ]; then
  releases=${ACTION_INPUT_RELEASE_URL-}
  if [ -z "$releases" ]; then
    # A workflow that says `uses: ./` has no repository to take releases from.
    [ -n "${ACTION_REPOSITORY-}" ] || fail "it is not known which repository has the releases: say it by the input release-url"
    releases=https://github.com/$ACTION_REPOSITORY/releases/download
  fi
  url=${releases%/}/v$version/$archive
  echo "Downloading $url"
  if ! curl --fail --silent --show-error --location --proto '=https,http' --proto-redir '=https' \
    --retry 3 --connect-timeout 20 --output "$folder/$archive.part" "$url"; then
    hint="the input release-url names a mirror"
    case ${GITHUB_SERVER_URL-https://github.com} in
      https://github.com) ;;
      *) hint="releases are not taken from $GITHUB_SERVER_URL by themselves: $hint" ;;
    esac
    fail "$url cannot be downloaded: $hint"
  fi
  mv "$folder/$archive.part" "$folder/$archive"
fi

# Also what an earlier step has downloaded: other steps may write there too.
actual=$(sha256 "$folder/$archive")
if [ "$actual" != "$expected" ]; then
  rm -f "$folder/$archive"
  fail "$archive has the checksum $actual, and action/checksums.txt says $expected: it is not run"
fi
tar -xzf "$folder/$archive" -C "$folder" "$name/$program"
found "$folder/$name/$program"
