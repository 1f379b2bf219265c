const { api } = window
const log = document.querySelector('#log')
const drop = document.querySelector('#drop')
const say = (text) => log.append(text, document.createElement('br'))

api.on('chosen', (id) => say(`chosen ${id}`))
document.querySelector('#menu').onclick = () => api.send('menu')
document.querySelector('#ask').onclick = async () => say(`answer ${await api.invoke('ask')}`)
document.querySelector('#choose').onclick = async () => say(`chose ${JSON.stringify(await api.invoke('choose'))}`)
document.querySelector('#pick').onchange = (event) => say(`picked ${api.pathForFile(event.target.files[0])}`)
drop.ondragover = (event) => event.preventDefault()
drop.ondrop = (event) => {
  event.preventDefault()
  for (const file of event.dataTransfer.files) say(`dropped ${api.pathForFile(file)} of ${file.size} bytes`)
}
document.body.dataset.ready = 'yes'
