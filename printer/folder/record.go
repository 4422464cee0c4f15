package folder

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// recordName is a file with the id of every job that was about to get its name, one a line. A file that is not in the folder any more was
// there then, perhaps: somebody may have carried it to a printer. Without the record its pages would count as never printed.
const recordName = ".znak.record"

func (f *Folder) recordFile() string { return filepath.Join(f.Dir, recordName) }

// note writes down, before the job's file appears, that it will.
func (f *Folder) note(id string) error {
	file, err := os.OpenFile(f.recordFile(), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	_, err = file.WriteString(id + "\n")
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}

// noted reports whether the file of a job may have been here.
func (f *Folder) noted(id string) (bool, error) {
	file, err := os.Open(f.recordFile())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if lines.Text() == id {
			return true, nil
		}
	}
	return false, lines.Err()
}
